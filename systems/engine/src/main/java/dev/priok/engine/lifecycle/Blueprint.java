package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerView;
import dev.priok.engine.DeviceSpec;
import dev.priok.engine.device.DeviceEdits;
import dev.priok.engine.spec.Accounts;
import dev.priok.engine.spec.GrantedDevice;
import dev.priok.engine.spec.HostDevices;
import dev.priok.engine.spec.OciInputs;
import dev.priok.engine.spec.OciSpecs;
import dev.priok.engine.spec.PlannedMount;
import dev.priok.engine.state.Definition;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.Rootfs;
import dev.priok.snapshot.Mount;
import dev.priok.snapshot.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Works out what a container is started with: from its definition and from what is there at that moment. */
final class Blueprint {
    private final Machine machine;
    private final Registry registry;
    private final RootAccess roots;
    private final Links links;
    private final Path initLayer;

    Blueprint(Machine machine, Registry registry, RootAccess roots, Links links, Path initLayer) {
        this.machine = machine;
        this.registry = registry;
        this.roots = roots;
        this.links = links;
        this.initLayer = initLayer;
    }

    /**
     * What a start needs.
     *
     * @param devices those beyond the default ones
     * @param donors runs whose namespaces are joined, by the numbers of their processes
     */
    record Plan(RuntimeSpec spec, List<GrantedDevice> devices, List<Donor> donors) {
        /** Call it after the start: who lives still had that number when its namespaces were opened. */
        void requireDonors() throws IOException {
            for (Donor donor : donors) {
                donor.require();
            }
        }
    }

    /** A run that others join. */
    record Donor(Run run, boolean remapped, Failure refusal) {
        void require() throws IOException {
            if (!run.lives()) {
                throw refusal;
            }
        }
    }

    /**
     * Plans a start.
     *
     * @param mounts of the container, ready on the host
     * @param network path of the namespace that was made for it
     * @param user path of the user namespace that this belongs to, if its users are not the host's
     */
    Plan plan(Container container, List<PlannedMount> mounts, Optional<String> network, Optional<String> user)
            throws IOException {
        Definition definition = container.definition();
        ContainerSpec spec = definition.spec();
        Accounts.Identity identity = roots.accounts(container)
                .resolve(spec.process().user(), spec.process().groupAdd());
        DeviceEdits edits = machine.devices().edits(spec.devices().requests());
        List<GrantedDevice> devices = new ArrayList<>(devices(spec));
        devices.addAll(edits.nodes());
        List<Donor> donors = new ArrayList<>();
        OciInputs inputs = new OciInputs(
                definition.id(),
                spec,
                definition.program(),
                mounts,
                identity,
                hostname(container),
                files(container),
                links.variables(container),
                devices.stream().map(GrantedDevice::node).toList(),
                joined(container, donors, network, user),
                Optional.ofNullable(definition.remap()),
                shm(container),
                machine.host());
        return new Plan(edits.apply(OciSpecs.of(inputs)), devices, donors);
    }

    Links links() {
        return links;
    }

    /** The name that processes see: the container's own, or that of whose network it shares. */
    String hostname(Container container) {
        ContainerSpec spec = container.definition().spec();
        if (!spec.hostname().isEmpty()) {
            return spec.hostname();
        }
        Optional<Container> donor = donor(spec.network().mode());
        if (donor.isPresent()) {
            return hostname(donor.get());
        }
        return container.id().substring(0, 12);
    }

    /** Paths of the files of /etc on the host; those of the container whose network is shared. */
    ContainerView.Files files(Container container) {
        ContainerSpec spec = container.definition().spec();
        Folders folders = donor(spec.network().mode()).map(d -> d.folders).orElse(container.folders);
        return new ContainerView.Files(
                folders.resolvConf().toString(),
                folders.hostname().toString(),
                folders.hosts().toString(),
                container.log.path().map(Path::toString).orElse(""));
    }

    private Optional<Container> donor(String mode) {
        return mode.startsWith("container:") ? registry.find(mode.substring("container:".length())) : Optional.empty();
    }

    private OciInputs.Joined joined(
            Container container, List<Donor> donors, Optional<String> network, Optional<String> user)
            throws IOException {
        ContainerSpec spec = container.definition().spec();
        String ipc = spec.namespaces().ipc();
        if (ipc.startsWith("container:")) {
            Container donor = registry.get(ipc.substring("container:".length()));
            if (!donor.definition().spec().namespaces().ipc().equals("shareable")) {
                throw Failure.invalid(
                        "failed to join IPC namespace: non-shareable IPC (hint: use IpcMode:shareable for the donor"
                                + " container): container %s",
                        donor.id());
            }
        }
        Optional<String> joinedNetwork = network.isPresent()
                ? network
                : namespace(spec.network().mode(), "net", "cannot join network of a non running container: %s", donors);
        Optional<String> joinedIpc =
                namespace(ipc, "ipc", "failed to join IPC namespace: container %s is not running", donors);
        Optional<String> joinedPid = namespace(
                spec.namespaces().pid(), "pid", "failed to join PID namespace: container %s is not running", donors);
        return new OciInputs.Joined(
                joinedNetwork,
                joinedIpc,
                joinedPid,
                container.definition().remap() == null ? Optional.empty() : user(user, donors));
    }

    /** Namespaces belong to a user namespace: who joins some of them joins that too, and it has to be the same. */
    private static Optional<String> user(Optional<String> made, List<Donor> donors) {
        Optional<String> found = made;
        for (Donor donor : donors) {
            if (!donor.remapped()) {
                throw Failure.invalid(
                        "cannot join namespaces of container %s, whose users are the host's: use --userns=host",
                        donor.run().process.id());
            }
            String theirs = "/proc/" + donor.run().process.pid() + "/ns/user";
            if (found.filter(path -> !path.equals(theirs)).isPresent()) {
                throw Failure.invalid(
                        "cannot join namespaces of several containers with users of their own: use --userns=host");
            }
            found = Optional.of(theirs);
        }
        return found;
    }

    /** The network namespace of the container that a mode names, which runs; nothing for other modes. */
    Optional<String> network(String mode) throws IOException {
        List<Donor> donors = new ArrayList<>();
        Optional<String> path = namespace(mode, "net", "cannot join network of a non running container: %s", donors);
        for (Donor donor : donors) {
            donor.require();
        }
        return path;
    }

    private Optional<String> namespace(String mode, String file, String refusal, List<Donor> donors)
            throws IOException {
        if (!mode.startsWith("container:")) {
            return Optional.empty();
        }
        String ref = mode.substring("container:".length());
        Container container = registry.get(ref);
        Failure notRunning = new Failure(
                file.equals("net") ? Failure.Kind.CONFLICT : Failure.Kind.INTERNAL, refusal.formatted(container.id()));
        Run run = container.run;
        if (run == null || !container.state().live()) {
            throw notRunning;
        }
        Donor donor = new Donor(run, container.definition().remap() != null, notRunning);
        donor.require();
        donors.add(donor);
        return Optional.of("/proc/" + run.process.pid() + "/ns/" + file);
    }

    private Optional<String> shm(Container container) {
        String ipc = container.definition().spec().namespaces().ipc();
        if (ipc.equals("host")) {
            return Optional.of("/dev/shm");
        }
        if (ipc.equals("shareable")) {
            return Optional.of(container.folders.shm().toString());
        }
        return donor(ipc).map(donor -> donor.folders.shm().toString());
    }

    private static List<GrantedDevice> devices(ContainerSpec spec) throws IOException {
        List<GrantedDevice> all = new ArrayList<>();
        if (spec.security().privileged()) {
            HostDevices.all().forEach(node -> all.add(new GrantedDevice(node, GrantedDevice.ALL)));
        }
        for (DeviceSpec.Device device : spec.devices().devices()) {
            String inside =
                    device.pathInContainer() == null || device.pathInContainer().isEmpty()
                            ? device.pathOnHost()
                            : device.pathInContainer();
            boolean unsaid =
                    device.permissions() == null || device.permissions().isEmpty();
            HostDevices.at(device.pathOnHost(), inside)
                    .forEach(node ->
                            all.add(new GrantedDevice(node, unsaid ? GrantedDevice.ALL : device.permissions())));
        }
        return all;
    }

    /** The container's layers, with the folder of mount points that all containers share on top of the image's. */
    Rootfs rootfs(Container container) throws IOException {
        Snapshot snapshot = machine.parts()
                .snapshotter()
                .ready(Folders.snapshotKey(container.id()))
                .orElseThrow(() -> new Failure(
                        Failure.Kind.INTERNAL, "the root file system of container " + container.id() + " is missing"));
        return rootfs(
                snapshot.mounts().getFirst(), initLayer, container.definition().remap() != null);
    }

    /** A snapshot's mount with the folder of mount points on top of its layers. */
    static Rootfs rootfs(Mount mount, Path initLayer, boolean remapped) {
        if (mount.type().equals("bind")) {
            return new Rootfs.Directory(Path.of(mount.source()));
        }
        List<String> options = mount.options().stream()
                .map(option -> option.startsWith("lowerdir=")
                        ? "lowerdir=" + initLayer + ":" + option.substring("lowerdir=".length())
                        : option)
                .toList();
        return new Rootfs.Mounted(mount.type(), mount.source(), options, remapped);
    }

    /** Makes the shared folder of mount points: what Docker calls the init layer. */
    static Path makeInitLayer(Path dataRoot) throws IOException {
        Path layer = dataRoot.resolve("init-layer");
        for (String folder : List.of("dev/pts", "dev/shm", "proc", "sys", "etc")) {
            Files.createDirectories(layer.resolve(folder));
        }
        for (String file : List.of(".dockerenv", "dev/console", "etc/resolv.conf", "etc/hosts", "etc/hostname")) {
            if (!Files.exists(layer.resolve(file))) {
                Files.createFile(layer.resolve(file));
            }
        }
        Path mtab = layer.resolve("etc/mtab");
        if (!Files.isSymbolicLink(mtab)) {
            Files.createSymbolicLink(mtab, Path.of("/proc/mounts"));
        }
        return layer;
    }
}
