package dev.priok.it;

import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupHierarchy;
import dev.priok.cgroup.CgroupPlacement;
import dev.priok.cgroup.DeviceRule;
import dev.priok.cgroup.Limits;
import dev.priok.linux.seccomp.DefaultProfile;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.CgroupJoin;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.runtime.Rootfs;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.SeccompFilter;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Measures start to exit seen to monitor gone of {@code busybox true} in a container like Docker's: overlay, five namespaces,
 * seven mounts, masked paths, seccomp, cgroups. Not a test: run {@code main} as root with the number of repetitions, and
 * {@code no-cgroup} or {@code no-seccomp} to leave parts out.
 */
final class StartLatency {
    private static final int WARM_UP = 300;

    private StartLatency() {}

    public static void main(String[] arguments) throws Exception {
        int repetitions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        List<String> options = List.of(arguments);
        Path folder = Files.createTempDirectory("priok-latency");
        Path lower = Files.createDirectories(folder.resolve("lower"));
        Box.fill(lower);
        long[][] nanos = new long[3][repetitions];
        Optional<SeccompFilter> seccomp = options.contains("no-seccomp")
                ? Optional.empty()
                : Optional.of(SeccompFilter.of(DefaultProfile.compiled(Set.copyOf(Box.DOCKER_CAPABILITIES)), 0));
        CgroupHierarchy cgroups = CgroupHierarchy.detect();
        try (ContainerRuntime runtime = ContainerRuntime.open(folder.resolve("run"), InstantSource.system())) {
            for (int i = -WARM_UP; i < repetitions; i++) {
                long[] one = once(runtime, cgroups, folder, lower, seccomp, !options.contains("no-cgroup"));
                for (int k = 0; i >= 0 && k < 3; k++) {
                    nanos[k][i] = one[k];
                }
            }
        } finally {
            delete(folder);
        }
        String[] names = {"start returns", "exit seen", "and removed"};
        for (int k = 0; k < 3; k++) {
            Arrays.sort(nanos[k]);
            System.out.printf(
                    "%-14s min %.2f  p50 %.2f  p95 %.2f ms%n",
                    names[k],
                    nanos[k][0] / 1e6,
                    nanos[k][repetitions / 2] / 1e6,
                    nanos[k][repetitions * 95 / 100] / 1e6);
        }
    }

    private static long[] once(
            ContainerRuntime runtime,
            CgroupHierarchy cgroups,
            Path folder,
            Path lower,
            Optional<SeccompFilter> seccomp,
            boolean inCgroup)
            throws Exception {
        Path state = Files.createDirectory(folder.resolve("state"));
        Path upper = Files.createDirectory(folder.resolve("upper"));
        Path work = Files.createDirectory(folder.resolve("work"));
        ProcessSpec process = ProcessSpec.of(List.of("true"), Box.ENVIRONMENT)
                .withCapabilities(ProcessSpec.Capabilities.of(Box.DOCKER_CAPABILITIES));
        RuntimeSpec spec = Box.spec(process);
        Rootfs rootfs = new Rootfs.Mounted(
                "overlay", "overlay", List.of("lowerdir=" + lower, "upperdir=" + upper, "workdir=" + work));
        long begin = System.nanoTime();
        Optional<Cgroup> group = inCgroup
                ? Optional.of(cgroups.create(
                        "/priok-latency",
                        Limits.NONE
                                .withPids(100)
                                .withDevices(List.of(
                                        DeviceRule.DENY_ALL,
                                        DeviceRule.allow(DeviceRule.Type.CHARACTER, 1, 3, "rwm")))))
                : Optional.empty();
        RuntimeProcess started = start(
                runtime,
                group,
                new StartRequest(
                        "latency", spec, rootfs, Stdio.Pipes.ofDaemonsLife(false), CgroupJoin.NONE, seccomp, state));
        long running = System.nanoTime();
        started.exit().toCompletableFuture().get(Box.PATIENCE_SECONDS, TimeUnit.SECONDS);
        long exited = System.nanoTime();
        started.drained();
        if (group.isPresent()) {
            group.get().remove();
        }
        long removed = System.nanoTime();
        delete(state);
        delete(upper);
        delete(work);
        return new long[] {running - begin, exited - begin, removed - begin};
    }

    private static RuntimeProcess start(ContainerRuntime runtime, Optional<Cgroup> group, StartRequest request)
            throws IOException {
        if (group.isEmpty()) {
            return runtime.start(request);
        }
        try (CgroupPlacement placement = group.get().placement()) {
            CgroupJoin join = new CgroupJoin(placement.tasksFiles(), placement.v2Directory(), Optional.empty());
            return runtime.start(new StartRequest(
                    request.id(),
                    request.spec(),
                    request.rootfs(),
                    request.stdio(),
                    join,
                    request.seccomp(),
                    request.state()));
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
