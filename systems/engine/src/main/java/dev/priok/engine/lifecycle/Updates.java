package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.Limits;
import dev.priok.engine.RestartPolicy;
import dev.priok.engine.spec.Cause;
import dev.priok.engine.spec.CgroupLimits;
import dev.priok.engine.spec.LimitsCheck;
import dev.priok.engine.spec.SpecCheck;
import dev.priok.engine.state.Definition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes what a container is: its limits, its restart policy, its name. */
public final class Updates {
    private final Machine machine;
    private final Registry registry;

    Updates(Machine machine, Registry registry) {
        this.machine = machine;
        this.registry = registry;
    }

    /** Changes limits and policy, in the running cgroup too; zero and null keep what is. Returns warnings. */
    public List<String> update(Container container, Limits wanted, @Nullable RestartPolicy restart) {
        if (restart != null) {
            restart.validate();
        }
        List<String> warnings = new ArrayList<>();
        container.lock.lock();
        try {
            if (container.removing) {
                throw Failure.conflict(
                        "cannot update container %s: container is marked for removal and cannot be \"update\"",
                        container.id());
            }
            ContainerSpec spec = container.definition().spec();
            if (restart != null && !restart.isNone() && spec.host().autoRemove()) {
                throw Failure.conflict(
                        "Restart policy cannot be updated because AutoRemove is enabled for the container");
            }
            Limits merged = LimitsUpdate.merge(spec.limits(), wanted);
            LimitsCheck.check(merged, machine.host(), warnings);
            if (container.run != null && container.run.cgroup.isPresent()) {
                warnings.addAll(container.run.cgroup.get().update(CgroupLimits.of(merged)));
            }
            ContainerSpec changed = spec.withLimits(merged);
            Definition definition =
                    container.definition().withSpec(restart == null ? changed : changed.withRestart(restart));
            machine.store().define(definition);
            container.publish(definition);
        } catch (IOException e) {
            throw Failure.internal(e, "Cannot update container %s: %s", container.id(), Cause.text(e));
        } finally {
            container.lock.unlock();
        }
        machine.publish("container", "update", container.id(), container.attributes());
        return warnings;
    }

    /**
     * Takes away a legacy link; the running containers keep what they were started with.
     *
     * @param name {@code parent/alias}
     */
    public void unlink(String name) {
        String plain = name.startsWith("/") ? name.substring(1) : name;
        int slash = plain.indexOf('/');
        if (slash < 0) {
            throw Failure.conflict("Conflict, cannot remove the default link name of the container");
        }
        String alias = plain.substring(slash + 1);
        Container parent = registry.find(plain.substring(0, slash))
                .orElseThrow(() ->
                        Failure.notFound("Cannot get parent /%s for link name /%s", plain.substring(0, slash), plain));
        parent.lock.lock();
        try {
            List<Links.Link> links = Links.of(parent.definition());
            List<String> kept = links.stream()
                    .filter(link -> !link.alias().equals(alias))
                    .map(link -> link.ref() + ":" + link.alias())
                    .toList();
            if (kept.size() == links.size()) {
                throw Failure.notFound("No such link: /%s", plain);
            }
            ContainerSpec spec = parent.definition().spec();
            Definition definition =
                    parent.definition().withSpec(spec.withNetwork(spec.network().withLinks(kept)));
            machine.store().define(definition);
            parent.publish(definition);
        } finally {
            parent.lock.unlock();
        }
    }

    public void rename(Container container, String wanted) {
        if (wanted.isEmpty() || wanted.equals("/")) {
            throw Failure.invalid("neither old nor new names may be empty");
        }
        String name = SpecCheck.name(wanted);
        String old;
        container.lock.lock();
        try {
            old = container.definition().name();
            if (old.equals(name)) {
                throw Failure.invalid("Renaming a container with the same name as its current name");
            }
            if (!registry.reserve(name, container.id())) {
                throw Failure.conflict(
                        "Error when allocating new name: %s",
                        registry.nameTaken(name).message());
            }
            boolean done = false;
            try {
                Definition definition = container
                        .definition()
                        .withSpec(container.definition().spec().withName(name));
                machine.store().define(definition);
                container.publish(definition);
                registry.release(old, container.id());
                done = true;
            } finally {
                if (!done) {
                    registry.release(name, container.id());
                }
            }
        } finally {
            container.lock.unlock();
        }
        machine.publish("container", "rename", container.id(), container.attributes("oldName", "/" + old));
    }
}
