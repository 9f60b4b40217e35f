package dev.priok.server.route;

import dev.priok.api.ApiVersion;
import dev.priok.api.ContainerConfig;
import dev.priok.api.CreateExtras;
import dev.priok.api.EndpointSettings;
import dev.priok.api.HealthConfig;
import dev.priok.api.HostConfig;
import dev.priok.api.MountRequest;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.DeviceSpec;
import dev.priok.engine.Healthcheck;
import dev.priok.engine.HostSpec;
import dev.priok.engine.ImageSettings;
import dev.priok.engine.LoggingSpec;
import dev.priok.engine.NamespaceSpec;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.ProcessSpec;
import dev.priok.engine.RestartPolicy;
import dev.priok.engine.SecuritySpec;
import dev.priok.engine.StorageSpec;
import dev.priok.engine.Upkeep;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From the documents of a create request to the engine's specification. */
final class ContainerSpecs {
    private static final HostConfig NO_HOST_CONFIG =
            dev.priok.api.ApiJson.read("{}".getBytes(java.nio.charset.StandardCharsets.US_ASCII), HostConfig.class);

    private static final Pattern PORT = Pattern.compile("\\d{1,5}(-\\d{1,5})?(/(tcp|udp|sctp))?");

    private ContainerSpecs() {}

    static ContainerSpec of(String name, ContainerConfig config, CreateExtras extras, ApiVersion version) {
        HostConfig given = extras.hostConfig();
        HostConfig host = given == null ? NO_HOST_CONFIG : given;
        UnsupportedFields.refuse(host);
        return new ContainerSpec(
                name,
                config.image(),
                process(config, host),
                config.hostname(),
                config.domainname(),
                config.labels(),
                health(config.healthcheck()),
                storage(config, host, version),
                LimitSpecs.of(host, pidsLimit(host)),
                new SecuritySpec(
                        host.capAdd(),
                        host.capDrop(),
                        host.privileged(),
                        host.securityOpt(),
                        host.maskedPaths(),
                        host.readonlyPaths(),
                        host.readonlyRootfs()),
                new NamespaceSpec(
                        ipcMode(host, version), host.pidMode(), host.utsMode(), host.usernsMode(), host.cgroupnsMode()),
                devices(host),
                network(config, host, extras, version),
                logging(host),
                restart(host),
                new HostSpec(
                        host.autoRemove(),
                        host.init(),
                        host.sysctls(),
                        host.oomScoreAdj(),
                        host.annotations(),
                        host.runtime(),
                        host.isolation(),
                        host.containerIdFile(),
                        upkeep(host)));
    }

    private static Upkeep upkeep(HostConfig host) {
        return new Upkeep(
                host.restartOnUnhealthy(),
                duration(host.restartDelay()),
                duration(host.restartMaxDelay()),
                duration(host.restartReset()),
                duration(host.startTimeout()));
    }

    private static @Nullable Duration duration(@Nullable Long nanos) {
        return nanos == null ? null : Duration.ofNanos(nanos);
    }

    /** A container is made without a limit when it is to have none. */
    private static @Nullable Long pidsLimit(HostConfig host) {
        Long limit = host.pidsLimit();
        return limit != null && limit > 0 ? limit : null;
    }

    /** Before 1.40 containers could join each other's IPC namespace unless told otherwise. */
    private static String ipcMode(HostConfig host, ApiVersion version) {
        return host.ipcMode().isEmpty() && !version.atLeast(40) ? "shareable" : host.ipcMode();
    }

    private static ProcessSpec process(ContainerConfig config, HostConfig host) {
        List<Integer> size = host.consoleSize();
        return new ProcessSpec(
                config.entrypoint(),
                config.cmd(),
                config.env(),
                config.workingDir(),
                config.user(),
                host.groupAdd(),
                config.tty(),
                config.openStdin(),
                config.stdinOnce(),
                config.attachStdin(),
                config.attachStdout(),
                config.attachStderr(),
                config.stopSignal(),
                config.stopTimeout(),
                config.shell(),
                config.onBuild(),
                size.size() == 2 ? size.get(0) : 0,
                size.size() == 2 ? size.get(1) : 0);
    }

    static @Nullable Healthcheck health(@Nullable HealthConfig health) {
        return health == null
                ? null
                : new Healthcheck(
                        health.test(),
                        health.interval(),
                        health.timeout(),
                        health.startPeriod(),
                        health.startInterval(),
                        health.retries());
    }

    /** Refuses what is no port or range of ports with a protocol. */
    private static void checkPort(String port) {
        if (!PORT.matcher(port).matches()) {
            throw Failure.invalid("invalid port specification: \"%s\"", port.split("/", 2)[0]);
        }
    }

    /** The part of a configuration that an image keeps, for commit. */
    static ImageSettings settings(ContainerConfig config) {
        return new ImageSettings(
                config.user(),
                List.copyOf(config.exposedPorts().keySet()),
                config.env(),
                config.entrypoint(),
                config.cmd(),
                List.copyOf(config.volumes().keySet()),
                config.workingDir(),
                config.labels(),
                config.stopSignal(),
                health(config.healthcheck()),
                config.shell(),
                config.onBuild(),
                config.argsEscaped());
    }

    private static StorageSpec storage(ContainerConfig config, HostConfig host, ApiVersion version) {
        return new StorageSpec(
                List.copyOf(config.volumes().keySet()),
                host.binds(),
                host.mounts().stream().map(m -> mount(m, version)).toList(),
                host.tmpfs(),
                host.volumesFrom(),
                host.volumeDriver(),
                host.shmSize(),
                host.storageOpt(),
                !version.atLeast(44));
    }

    private static StorageSpec.Mount mount(MountRequest mount, ApiVersion version) {
        MountRequest.BindOptions bind = mount.bindOptions();
        if (mount.type().equals("bind") && mount.readOnly() && !version.atLeast(44)) {
            // Before 1.44 read-only did not reach the mounts below.
            bind = bind == null
                    ? new MountRequest.BindOptions("", false, false, true, false)
                    : new MountRequest.BindOptions(
                            bind.propagation(), bind.nonRecursive(), bind.createMountpoint(), true, false);
        }
        MountRequest.VolumeOptions volume = mount.volumeOptions();
        MountRequest.TmpfsOptions tmpfs = mount.tmpfsOptions();
        MountRequest.ImageOptions image = mount.imageOptions();
        return new StorageSpec.Mount(
                mount.type(),
                mount.source(),
                mount.target(),
                mount.readOnly(),
                mount.consistency(),
                bind == null
                        ? null
                        : new StorageSpec.BindOptions(
                                bind.propagation(),
                                bind.nonRecursive(),
                                bind.createMountpoint(),
                                bind.readOnlyNonRecursive(),
                                bind.readOnlyForceRecursive()),
                volume == null ? null : volumeOptions(volume),
                tmpfs == null ? null : new StorageSpec.TmpfsOptions(tmpfs.sizeBytes(), tmpfs.mode(), tmpfs.options()),
                image == null ? "" : image.subpath());
    }

    private static StorageSpec.VolumeOptions volumeOptions(MountRequest.VolumeOptions volume) {
        MountRequest.Driver driver = volume.driverConfig();
        return new StorageSpec.VolumeOptions(
                volume.noCopy(),
                volume.labels(),
                driver == null ? "" : driver.name(),
                driver == null ? Map.of() : driver.options(),
                volume.subpath());
    }

    private static DeviceSpec devices(HostConfig host) {
        return new DeviceSpec(
                host.devices().stream()
                        .map(d -> new DeviceSpec.Device(d.pathOnHost(), d.pathInContainer(), d.cgroupPermissions()))
                        .toList(),
                host.deviceCgroupRules(),
                host.deviceRequests().stream()
                        .map(r -> new DeviceSpec.Request(
                                r.driver(), r.count(), r.deviceIds(), r.capabilities(), r.options()))
                        .toList());
    }

    private static NetworkSpec network(
            ContainerConfig config, HostConfig host, CreateExtras extras, ApiVersion version) {
        var ports = new LinkedHashMap<String, List<NetworkSpec.PortBinding>>();
        host.portBindings().keySet().forEach(ContainerSpecs::checkPort);
        config.exposedPorts().keySet().forEach(ContainerSpecs::checkPort);
        host.portBindings()
                .forEach((port, bindings) -> ports.put(
                        port,
                        bindings == null
                                ? List.of()
                                : bindings.stream()
                                        .map(b -> new NetworkSpec.PortBinding(b.hostIp(), b.hostPort()))
                                        .toList()));
        var endpoints = new LinkedHashMap<String, NetworkSpec.Endpoint>();
        CreateExtras.NetworkingConfig networking = extras.networkingConfig();
        if (networking != null) {
            if (networking.endpointsConfig().size() > 1 && !version.atLeast(44)) {
                throw Failure.invalid(
                        "Container cannot be created with multiple network endpoints: %s",
                        String.join(", ", networking.endpointsConfig().keySet()));
            }
            networking.endpointsConfig().forEach((network, settings) -> endpoints.put(network, endpoint(settings)));
        }
        return new NetworkSpec(
                host.networkMode(),
                config.networkDisabled(),
                host.dns(),
                host.dnsOptions(),
                host.dnsSearch(),
                host.extraHosts(),
                host.links(),
                List.copyOf(config.exposedPorts().keySet()),
                ports,
                host.publishAllPorts(),
                config.macAddress(),
                endpoints);
    }

    static NetworkSpec.Endpoint endpoint(@Nullable EndpointSettings settings) {
        if (settings == null) {
            return NetworkSpec.Endpoint.PLAIN;
        }
        EndpointSettings.Ipam ipam = settings.ipamConfig();
        return new NetworkSpec.Endpoint(
                settings.aliases(),
                settings.links(),
                ipam == null ? "" : ipam.ipv4Address(),
                ipam == null ? "" : ipam.ipv6Address(),
                settings.macAddress(),
                settings.driverOpts(),
                settings.gwPriority(),
                "",
                ipam == null ? List.of() : ipam.linkLocalIps());
    }

    private static LoggingSpec logging(HostConfig host) {
        HostConfig.LogConfig log = host.logConfig();
        return log == null ? LoggingSpec.DEFAULT : new LoggingSpec(log.type(), log.config());
    }

    private static RestartPolicy restart(HostConfig host) {
        HostConfig.Restart restart = host.restartPolicy();
        return restart == null ? RestartPolicy.NO : new RestartPolicy(restart.name(), restart.maximumRetryCount());
    }
}
