package dev.priok.engine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a container is made from: Docker's Config, HostConfig and NetworkingConfig in groups. In a request, what is
 * empty or null is the image's or the daemon's default; in a {@link ContainerView} the image's values are merged in.
 *
 * @param name without the leading slash; empty to have one made up
 * @param image as the user wrote it
 * @param process what runs
 * @param hostname empty for the first twelve characters of the id
 * @param domainname NIS domain
 * @param labels free attributes
 * @param healthcheck null for the image's
 * @param storage volumes, binds, tmpfs
 * @param limits cgroup limits and resource limits
 * @param security capabilities, seccomp, paths
 * @param namespaces which namespaces are shared with whom
 * @param devices devices and device rules
 * @param network network mode, names, ports
 * @param logging log driver
 * @param restart what happens after the end
 * @param host the rest of HostConfig
 */
public record ContainerSpec(
        String name,
        String image,
        ProcessSpec process,
        String hostname,
        String domainname,
        Map<String, String> labels,
        @Nullable Healthcheck healthcheck,
        StorageSpec storage,
        Limits limits,
        SecuritySpec security,
        NamespaceSpec namespaces,
        DeviceSpec devices,
        NetworkSpec network,
        LoggingSpec logging,
        RestartPolicy restart,
        HostSpec host) {
    public ContainerSpec {
        name = Copies.text(name);
        hostname = Copies.text(hostname);
        domainname = Copies.text(domainname);
        labels = Copies.map(labels);
        storage = storage == null ? StorageSpec.NONE : storage;
        limits = limits == null ? Limits.NONE : limits;
        security = security == null ? SecuritySpec.DEFAULT : security;
        namespaces = namespaces == null ? NamespaceSpec.DEFAULT : namespaces;
        devices = devices == null ? DeviceSpec.NONE : devices;
        network = network == null ? NetworkSpec.DEFAULT : network;
        logging = logging == null ? LoggingSpec.DEFAULT : logging;
        restart = restart == null ? RestartPolicy.NO : restart;
        host = host == null ? HostSpec.DEFAULT : host;
    }

    /** This image with this command and every default. */
    public static ContainerSpec of(String image, String... command) {
        return new ContainerSpec(
                "",
                image,
                ProcessSpec.of(List.of(command)),
                "",
                "",
                Map.of(),
                null,
                StorageSpec.NONE,
                Limits.NONE,
                SecuritySpec.DEFAULT,
                NamespaceSpec.DEFAULT,
                DeviceSpec.NONE,
                NetworkSpec.DEFAULT,
                LoggingSpec.DEFAULT,
                RestartPolicy.NO,
                HostSpec.DEFAULT);
    }

    public ContainerSpec withName(String newName) {
        return new ContainerSpec(
                newName,
                image,
                process,
                hostname,
                domainname,
                labels,
                healthcheck,
                storage,
                limits,
                security,
                namespaces,
                devices,
                network,
                logging,
                restart,
                host);
    }

    public ContainerSpec withProcess(ProcessSpec newProcess) {
        return new ContainerSpec(
                name,
                image,
                newProcess,
                hostname,
                domainname,
                labels,
                healthcheck,
                storage,
                limits,
                security,
                namespaces,
                devices,
                network,
                logging,
                restart,
                host);
    }

    public ContainerSpec withHostname(String newHostname, String newDomainname) {
        return new ContainerSpec(
                name,
                image,
                process,
                newHostname,
                newDomainname,
                labels,
                healthcheck,
                storage,
                limits,
                security,
                namespaces,
                devices,
                network,
                logging,
                restart,
                host);
    }

    public ContainerSpec withLabels(Map<String, String> newLabels) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                newLabels,
                healthcheck,
                storage,
                limits,
                security,
                namespaces,
                devices,
                network,
                logging,
                restart,
                host);
    }

    public ContainerSpec withHealthcheck(@Nullable Healthcheck newHealthcheck) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                labels,
                newHealthcheck,
                storage,
                limits,
                security,
                namespaces,
                devices,
                network,
                logging,
                restart,
                host);
    }

    public ContainerSpec withStorage(StorageSpec newStorage) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                labels,
                healthcheck,
                newStorage,
                limits,
                security,
                namespaces,
                devices,
                network,
                logging,
                restart,
                host);
    }

    public ContainerSpec withLimits(Limits newLimits) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                labels,
                healthcheck,
                storage,
                newLimits,
                security,
                namespaces,
                devices,
                network,
                logging,
                restart,
                host);
    }

    public ContainerSpec withSecurity(SecuritySpec newSecurity) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                labels,
                healthcheck,
                storage,
                limits,
                newSecurity,
                namespaces,
                devices,
                network,
                logging,
                restart,
                host);
    }

    public ContainerSpec withNamespaces(NamespaceSpec newNamespaces) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                labels,
                healthcheck,
                storage,
                limits,
                security,
                newNamespaces,
                devices,
                network,
                logging,
                restart,
                host);
    }

    public ContainerSpec withDevices(DeviceSpec newDevices) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                labels,
                healthcheck,
                storage,
                limits,
                security,
                namespaces,
                newDevices,
                network,
                logging,
                restart,
                host);
    }

    public ContainerSpec withNetwork(NetworkSpec newNetwork) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                labels,
                healthcheck,
                storage,
                limits,
                security,
                namespaces,
                devices,
                newNetwork,
                logging,
                restart,
                host);
    }

    public ContainerSpec withLogging(LoggingSpec newLogging) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                labels,
                healthcheck,
                storage,
                limits,
                security,
                namespaces,
                devices,
                network,
                newLogging,
                restart,
                host);
    }

    public ContainerSpec withRestart(RestartPolicy newRestart) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                labels,
                healthcheck,
                storage,
                limits,
                security,
                namespaces,
                devices,
                network,
                logging,
                newRestart,
                host);
    }

    public ContainerSpec withHost(HostSpec newHost) {
        return new ContainerSpec(
                name,
                image,
                process,
                hostname,
                domainname,
                labels,
                healthcheck,
                storage,
                limits,
                security,
                namespaces,
                devices,
                network,
                logging,
                restart,
                newHost);
    }
}
