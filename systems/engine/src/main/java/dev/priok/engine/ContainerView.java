package dev.priok.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One container at one instant: what inspect and list show. Immutable and consistent in itself.
 *
 * @param id 64 hexadecimal characters
 * @param name without the leading slash
 * @param linkNames what legacy links of others call it, {@code /theirs/alias}; in lists only
 * @param created when
 * @param spec with the image's values merged in
 * @param path program of the first process
 * @param args its arguments
 * @param state where it is
 * @param imageId digest of the image's configuration, {@code sha256:...}
 * @param imageManifest digest of the image's manifest, {@code sha256:...}; empty when unknown
 * @param platform as {@code linux/amd64}
 * @param restartCount restarts by policy
 * @param mounts what is mounted
 * @param execIds sessions that run
 * @param files paths of its files on the host
 * @param snapshot where its root file system is
 * @param connected where it is on networks now
 * @param dropped null unless its log may drop: mode=non-blocking
 * @param size null unless asked for
 */
public record ContainerView(
        String id,
        String name,
        List<String> linkNames,
        Instant created,
        ContainerSpec spec,
        String path,
        List<String> args,
        ContainerState state,
        String imageId,
        String imageManifest,
        String platform,
        int restartCount,
        List<MountPoint> mounts,
        List<String> execIds,
        Files files,
        Snapshot snapshot,
        Connected connected,
        @Nullable Dropped dropped,
        @Nullable Size size) {
    public ContainerView {
        linkNames = Copies.list(linkNames);
        args = Copies.list(args);
        mounts = Copies.list(mounts);
        execIds = Copies.list(execIds);
    }

    /**
     * One mount, as inspect shows it.
     *
     * @param type {@code bind}, {@code volume}, {@code tmpfs} or {@code image}
     * @param name of the volume; empty otherwise
     * @param source on the host
     * @param destination in the container
     * @param driver of the volume; empty otherwise
     * @param mode as the user wrote it
     * @param writable whether writes are allowed
     * @param propagation of a bind
     */
    public record MountPoint(
            String type,
            String name,
            String source,
            String destination,
            String driver,
            String mode,
            boolean writable,
            String propagation) {}

    /**
     * Places on networks.
     *
     * @param endpoints by name of the network; empty while it does not run
     */
    public record Connected(String sandboxKey, Map<String, EndpointView> endpoints, List<PublishedPort> ports) {
        public static final Connected NOWHERE = new Connected("", Map.of(), List.of());

        public Connected {
            endpoints = Copies.map(endpoints);
            ports = Copies.list(ports);
        }
    }

    /** One place; texts are empty and numbers zero where it has none. */
    public record EndpointView(
            String networkId,
            String id,
            String mac,
            String gateway,
            String address,
            int bits,
            String gateway6,
            String address6,
            int bits6,
            List<String> names) {
        public EndpointView {
            names = Copies.list(names);
        }
    }

    /**
     * A published port.
     *
     * @param containerPort such as {@code 80/tcp}
     */
    public record PublishedPort(String containerPort, String hostIp, int hostPort) {}

    /** Paths on the host; empty where the container has no such file. */
    public record Files(String resolvConf, String hostname, String hosts, String log) {}

    /** Paths of the overlay on the host; {@code data} has Docker's keys (LowerDir, MergedDir, UpperDir, WorkDir). */
    public record Snapshot(String driver, Map<String, String> data) {
        public Snapshot {
            data = Copies.map(data);
        }
    }

    /** What its log lacks because it came faster than the log could take it, over all runs; see {@code dev.priok.logs.Overflow}. */
    public record Dropped(long lines, long bytes) {}

    /** Bytes written by the container, and with its image's. */
    public record Size(long writableBytes, long rootBytes) {}

    /** Docker's text for the STATUS column, at {@code now}. */
    public String statusText(Instant now) {
        return StatusText.of(state, now);
    }
}
