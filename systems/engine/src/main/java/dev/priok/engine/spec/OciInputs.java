package dev.priok.engine.spec;

import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerView;
import dev.priok.engine.IdRemap;
import dev.priok.oci.runtime.LinuxSpec;
import java.util.List;
import java.util.Optional;

/**
 * What a runtime configuration is made from, at one start.
 *
 * @param id of the container
 * @param spec merged with the image
 * @param program with its arguments
 * @param mounts planned at create
 * @param identity who runs it
 * @param hostname name inside; empty in the host's UTS namespace
 * @param files on the host that become /etc/hosts, /etc/hostname and /etc/resolv.conf; empty entries are not mounted
 * @param links variables of containers that it is linked to
 * @param devices nodes beyond the default ones
 * @param joined namespaces of other processes
 * @param remap users and groups of the host that those inside are; empty for the same
 * @param shmPath directory on the host that becomes /dev/shm; empty for a tmpfs of its own
 * @param host what this host can do
 */
public record OciInputs(
        String id,
        ContainerSpec spec,
        List<String> program,
        List<PlannedMount> mounts,
        Accounts.Identity identity,
        String hostname,
        ContainerView.Files files,
        List<String> links,
        List<LinuxSpec.Device> devices,
        Joined joined,
        Optional<IdRemap> remap,
        Optional<String> shmPath,
        HostFeatures host) {
    /** Whether a reaping first process stands before the program; it would be in the way in a pid namespace of others. */
    boolean reaps() {
        return Boolean.TRUE.equals(spec.host().init())
                && (spec.namespaces().pid().isEmpty() || spec.namespaces().pid().equals("private"));
    }

    /** Paths of namespaces to join; empty for new ones (or, by the spec, the host's). */
    public record Joined(Optional<String> network, Optional<String> ipc, Optional<String> pid, Optional<String> user) {
        public static final Joined NONE =
                new Joined(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
