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
