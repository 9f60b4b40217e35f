package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerState;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.Containers.ExitStatus;
import dev.priok.engine.Containers.RemoveOptions;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.state.Condition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes containers: first from the database, then, behind the caller's back, from the disk. */
public final class Remover {
    private static final Logger LOG = LoggerFactory.getLogger(Remover.class);

    private final Machine machine;
    private final Registry registry;
    private final VolumeStore volumes;
    private final ExecSessions execs;

    Remover(Machine machine, Registry registry, VolumeStore volumes, ExecSessions execs) {
        this.machine = machine;
        this.registry = registry;
        this.volumes = volumes;
        this.execs = execs;
    }

    /** Removes because a user asked for it. */
    public void remove(Container container, RemoveOptions options, Signalling signalling) {
        container.lock.lock();
        try {
            if (container.removing) {
                throw Failure.conflict("removal of container %s is already in progress", container.id());
            }
            ContainerState state = container.state();
            if (state.running() && !options.force()) {
                String name = container.definition().name();
                throw state.paused()
                        ? Failure.conflict(
                                "cannot remove container \"%s\": container is paused and must be unpaused first", name)
                        : Failure.conflict(
                                "cannot remove container \"%s\": container is %s: stop the container before removing or"
                                        + " force remove",
                                name, state.status().word());
            }
            container.removing = true;
        } finally {
            container.lock.unlock();
        }
        try {
            signalling.killAndWait(container);
            delete(container, options.volumes());
        } catch (RuntimeException e) {
            restore(container, e);
            throw e;
        }
    }

    /** Removes a container that has ended and said it wants to go; its anonymous volumes go too. */
    void removeEnded(Container container) {
        container.lock.lock();
        try {
            if (container.removing || container.state().running()) {
                return;
            }
            container.removing = true;
        } finally {
            container.lock.unlock();
        }
        try {
            delete(container, true);
        } catch (RuntimeException e) {
            LOG.error("container {} could not be removed at its end", container.id(), e);
            restore(container, e);
        }
    }

    /** What cannot be removed stays visible as dead, and may be removed again. */
    private static void restore(Container container, RuntimeException cause) {
        container.lock.lock();
        try {
            container.removing = false;
            Condition condition = container.shown().condition();
            if (!condition.state().running()) {
                container.publish(
                        condition.withState(condition.state().withoutProcess().withStatus(Status.DEAD)));
            }
        } finally {
            container.lock.unlock();
        }
        container
                .waiters()
                .removalFailed(new ExitStatus(container.state().exitCode(), String.valueOf(cause.getMessage())));
    }

    private void delete(Container container, boolean withVolumes) {
        String name;
        container.lock.lock();
        try {
            Condition condition = container.shown().condition();
            container.publish(
                    condition.withState(condition.state().withoutProcess().withStatus(Status.REMOVING)));
            name = container.definition().name();
            machine.store().delete(container.id());
        } finally {
            container.lock.unlock();
        }
        registry.remove(container);
        registry.release(name, container.id());
        execs.forget(container);
        container.fanout.end();
        container.input.close();
        if (withVolumes) {
            removeVolumes(container);
        }
        machine.publish("container", "destroy", container.id(), container.attributes());
        container.waiters().removed(new ExitStatus(container.state().exitCode(), null));
        machine.run(() -> deleteFiles(container));
    }

    private void removeVolumes(Container container) {
        List<String> anonymous = container.definition().mounts().stream()
                .filter(PlannedMount::anonymous)
                .map(mount -> mount.point().name())
                .toList();
        for (String volume : anonymous) {
            try {
                volumes.remove(volume, true);
            } catch (Failure e) {
                // Another container may have taken it over by --volumes-from.
                LOG.debug("volume {} stays: {}", volume, e.message());
            }
        }
    }

    private void deleteFiles(Container container) {
        container.cleaned.join();
        try {
            container.log.close();
            machine.parts().snapshotter().remove(Folders.snapshotKey(container.id()));
            MountSources.forget(machine, container.id());
            Folders.delete(container.folders.data());
            Folders.delete(container.folders.run());
            Folders.delete(container.folders.journals(true));
        } catch (IOException | RuntimeException e) {
            // What stays has no row in the database: the next start of the daemon removes it.
            LOG.warn("files of the removed container {} stay behind", container.id(), e);
        }
    }

    /** Removes what was made for a container that never came to be. */
    void discard(String id, Folders folders) {
        try {
            machine.parts().snapshotter().remove(Folders.snapshotKey(id));
            MountSources.forget(machine, id);
            Folders.delete(folders.data());
            Folders.delete(folders.run());
        } catch (IOException | RuntimeException e) {
            LOG.warn("files of the half-made container {} stay behind", id, e);
        }
    }

    /** Removes folders below {@code parent} that belong to none of the {@code known} containers. */
    static void sweep(Path parent, Set<String> known) {
        for (Path folder : children(parent)) {
            String name = folder.getFileName().toString();
            boolean shm = name.endsWith(Folders.SHM_SUFFIX);
            String id = Folders.owner(name);
            if (!known.contains(id)) {
                try {
                    if (shm) {
                        Folders.deleteShm(folder);
                    } else {
                        Folders.delete(folder);
                    }
                } catch (IOException e) {
                    LOG.warn("{} belongs to no container and cannot be removed", folder, e);
                }
            }
        }
    }

    static List<Path> children(Path parent) {
        if (!java.nio.file.Files.isDirectory(parent)) {
            return List.of();
        }
        try (java.util.stream.Stream<Path> list = java.nio.file.Files.list(parent)) {
            return list.toList();
        } catch (IOException e) {
            LOG.warn("{} cannot be listed", parent, e);
            return List.of();
        }
    }
}
