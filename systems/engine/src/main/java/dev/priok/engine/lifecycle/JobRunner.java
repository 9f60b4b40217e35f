package dev.priok.engine.lifecycle;

import dev.priok.cgroup.Cgroup;
import dev.priok.cgroup.CgroupPlacement;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerView;
import dev.priok.engine.IdRemap;
import dev.priok.engine.Jobs;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.OutputSink;
import dev.priok.engine.StorageSpec;
import dev.priok.engine.network.ContainerNetworks;
import dev.priok.engine.spec.Accounts;
import dev.priok.engine.spec.CgroupLimits;
import dev.priok.engine.spec.NameFiles;
import dev.priok.engine.spec.OciInputs;
import dev.priok.engine.spec.OciSpecs;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.state.Definition;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs jobs in the same confinement as containers. */
final class JobRunner implements Jobs {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    private final Machine machine;
    private final ContainerNetworks networks;
    private final Starter starter;
    private final Blueprint blueprint;
    private final Path initLayer;
    private final Path folder;

    private JobRunner(
            Machine machine,
            ContainerNetworks networks,
            Starter starter,
            Blueprint blueprint,
            Path initLayer,
            Path folder) {
        this.machine = machine;
        this.networks = networks;
        this.starter = starter;
        this.blueprint = blueprint;
        this.initLayer = initLayer;
        this.folder = folder;
    }

    /** Makes the runner, and removes what jobs of a daemon that was killed have left. */
    static JobRunner open(
            Machine machine, ContainerNetworks networks, Starter starter, Blueprint blueprint, Path initLayer)
            throws IOException {
        Path folder = machine.config().runRoot().resolve("jobs");
        Files.createDirectories(folder);
        JobRunner runner = new JobRunner(machine, networks, starter, blueprint, initLayer, folder);
        try (Stream<Path> left = Files.list(folder)) {
            for (Path job : left.toList()) {
                Optional<String> cgroup = CgroupRecord.read(job);
                runner.cleanUp(
                        job, cgroup.isPresent() ? machine.parts().cgroups().open(cgroup.get()) : Optional.empty());
            }
        }
        return runner;
    }

    private String cgroupPath(ContainerSpec spec, String id) {
        String parent = spec.limits().cgroupParent();
        String base = parent.isEmpty() ? machine.config().cgroupParent() : parent;
        return (base.startsWith("/") ? base : "/" + base) + "/" + id;
    }

    @Override
    public Running start(Job job, OutputSink output) throws IOException {
        Path state = folder.resolve(job.id());
        Files.createDirectories(state.resolve("run"));
        CgroupRecord.write(state, cgroupPath(job.spec(), job.id()));
        Optional<Cgroup> cgroup = Optional.empty();
        RuntimeProcess process = null;
        boolean started = false;
        try {
            Definition definition = definition(job);
            try (OwnUsers users = OwnUsers.make(machine, definition)) {
                RuntimeSpec oci = OciSpecs.of(inputs(job, definition, users, state));
                cgroup = Optional.of(machine.parts()
                        .cgroups()
                        .create(cgroupPath(job.spec(), job.id()), CgroupLimits.of(job.spec(), List.of())));
                process = launch(job, oci, cgroup.get(), state);
            }
            JobOutput followed = JobOutput.follow(process, output);
            started = true;
            Optional<Cgroup> used = cgroup;
            return new RunningJob(process, used.get(), followed, () -> cleanUp(state, used));
        } finally {
            if (!started) {
                if (process != null) {
                    var _ = ProcessEnd.force(process);
                }
                cleanUp(state, cgroup);
            }
        }
    }

    private RuntimeProcess launch(Job job, RuntimeSpec oci, Cgroup cgroup, Path state) throws IOException {
        try (CgroupPlacement placement = cgroup.placement()) {
            return machine.parts()
                    .runtime()
                    .start(new StartRequest(
                            job.id(),
                            oci,
                            Blueprint.rootfs(job.rootfs(), initLayer, remap(job).isPresent()),
                            Stdio.Pipes.ofDaemonsLife(false),
                            Starter.join(placement, cgroup.view()),
                            starter.seccomp(job.spec(), oci),
                            state.resolve("run")));
        }
    }

    /** A privileged job, or one in the host's network, has the host's users. */
    private Optional<IdRemap> remap(Job job) {
        boolean ofHost = job.spec().security().privileged()
                || job.spec().network().mode().equals("host");
        return ofHost ? Optional.empty() : machine.config().remap();
    }

    private Definition definition(Job job) {
        ContainerSpec spec = job.spec().withNetwork(networks.settle(job.spec().network()));
        return new Definition(
                job.id(),
                machine.now(),
                spec,
                job.program(),
                "",
                "",
                "",
                List.of(),
                remap(job).orElse(null));
    }

    private OciInputs inputs(Job job, Definition definition, OwnUsers users, Path state) throws IOException {
        ContainerSpec spec = job.spec();
        String hostname = job.id().substring(0, 12);
        Path hosts = state.resolve("hosts");
        Path resolvConf = state.resolve("resolv.conf");
        Path name = state.resolve("hostname");
        Files.writeString(hosts, NameFiles.hosts(spec.network(), ofHost("/etc/hosts")));
        NetworkSpec network = definition.spec().network();
        boolean named = network.endpoints().values().stream()
                .anyMatch(endpoint -> networks.isUserDefined(endpoint.networkId()));
        Files.writeString(resolvConf, NameFiles.resolvConf(spec.network(), ofHost("/etc/resolv.conf"), named));
        Files.writeString(name, hostname + "\n");
        return new OciInputs(
                job.id(),
                spec,
                job.program(),
                planned(job.mounts()),
                new Accounts.Identity(job.uid(), job.gid(), job.additionalGids(), "/"),
                hostname,
                new ContainerView.Files(resolvConf.toString(), name.toString(), hosts.toString(), ""),
                List.of(),
                List.of(),
                new OciInputs.Joined(attach(definition, users), Optional.empty(), Optional.empty(), users.user()),
                remap(job),
                Optional.empty(),
                machine.host());
    }

    /** In the namespace of the container that the build names, or on a network. */
    private Optional<String> attach(Definition definition, OwnUsers users) throws IOException {
        Optional<String> joined = blueprint.network(definition.spec().network().mode());
        return joined.isPresent() ? joined : networks.attachments().attach(definition, users.network());
    }

    private static String ofHost(String path) throws IOException {
        Path file = Path.of(path);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static List<PlannedMount> planned(List<StorageSpec.Mount> mounts) throws IOException {
        List<PlannedMount> all = new ArrayList<>();
        for (StorageSpec.Mount mount : mounts) {
            all.add(planned(mount));
        }
        return all;
    }

    private static PlannedMount planned(StorageSpec.Mount mount) throws IOException {
        boolean memory = mount.type().equals("tmpfs");
        StorageSpec.TmpfsOptions tmpfs = mount.tmpfs();
        List<String> options = memory
                ? tmpfs == null || tmpfs.sizeBytes() == 0
                        ? List.of("nosuid", "nodev")
                        : List.of("nosuid", "nodev", "size=" + tmpfs.sizeBytes())
                : OwnersInside.with(List.of("rbind"), Path.of(mount.source()));
        return new PlannedMount(
                new ContainerView.MountPoint(
                        mount.type(),
                        "",
                        mount.source(),
                        mount.target(),
                        "",
                        "",
                        !mount.readOnly(),
                        memory ? "" : "rprivate"),
                options,
                false,
                false,
                false);
    }

    private void cleanUp(Path state, Optional<Cgroup> cgroup) {
        networks.attachments().detach(String.valueOf(state.getFileName()));
        try {
            if (cgroup.isPresent()) {
                cgroup.get().kill();
                cgroup.get().remove();
            }
            Folders.delete(state);
        } catch (IOException | Failure e) {
            LOG.warn("files or the cgroup of job {} stay behind until the next start", state.getFileName(), e);
        }
    }

    /** One started job. */
    private record RunningJob(RuntimeProcess process, Cgroup cgroup, JobOutput output, Runnable cleanUp)
            implements Running {
        @Override
        public int await() throws IOException, InterruptedException {
            try {
                int code = process.exit().toCompletableFuture().get().code();
                output.finish();
                process.drained();
                return code;
            } catch (java.util.concurrent.ExecutionException e) {
                throw new IOException("the end of job " + process.id() + " was not told", e.getCause());
            } finally {
                process.close();
                cleanUp.run();
            }
        }

        @Override
        public void kill() throws IOException {
            cgroup.kill();
        }
    }
}
