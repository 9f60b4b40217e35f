package dev.priok.server;

import dev.priok.core.Durations;
import dev.priok.core.Event;
import dev.priok.core.Failure;
import dev.priok.engine.Cursor;
import dev.priok.engine.Engine;
import dev.priok.engine.Events;
import dev.priok.engine.Figures;
import dev.priok.engine.Filters;
import dev.priok.engine.Networks;
import dev.priok.engine.PruneResult;
import dev.priok.engine.SystemInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An engine in memory: enough for a client to believe it, with handles for tests to look at. */
final class FakeEngine implements Engine {
    final FakeContainers containers = new FakeContainers();
    volatile boolean debug;
    final FakeExecs execs = new FakeExecs(containers);
    final FakeImages images = new FakeImages();
    final FakeVolumes volumes = new FakeVolumes();
    final List<FakeCursor<Event>> subscribers = new CopyOnWriteArrayList<>();

    @Override
    public FakeContainers containers() {
        return containers;
    }

    @Override
    public FakeExecs execs() {
        return execs;
    }

    @Override
    public FakeImages images() {
        return images;
    }

    @Override
    public FakeVolumes volumes() {
        return volumes;
    }

    @Override
    public Networks networks() {
        return new OneNetwork();
    }

    @Override
    public Events events() {
        return new Events() {
            @Override
            public void publish(Event event) {
                subscribers.forEach(s -> s.add(event));
            }

            @Override
            public Cursor<Event> subscribe(@Nullable Instant since, @Nullable Instant until, Filters filters) {
                filters.onlyKnowing("type", "event", "container");
                var cursor = new FakeCursor<Event>();
                subscribers.add(cursor);
                if (until != null) {
                    cursor.add(new Event(
                            "container", "start", "abc", Map.of("image", "fake", "name", "x"), FakeContainers.CREATED));
                    cursor.end();
                }
                return cursor;
            }
        };
    }

    @Override
    public SystemInfo system() {
        return new Self();
    }

    @Override
    public void imageBuilt(dev.priok.core.Digest image, List<dev.priok.core.ImageReference> names) {
        throw new UnsupportedOperationException("imageBuilt");
    }

    @Override
    public dev.priok.image.ImageSource imageSource() {
        throw new UnsupportedOperationException("imageSource");
    }

    @Override
    public dev.priok.engine.Jobs jobs() {
        throw new AssertionError("the API has no jobs");
    }

    @Override
    public void close() {}

    private static final class OneNetwork implements Networks {
        private static final NetworkView BRIDGE = new NetworkView(
                "b".repeat(64),
                "bridge",
                "bridge",
                "local",
                FakeContainers.CREATED,
                true,
                false,
                false,
                false,
                List.of(),
                Map.of(),
                Map.of(),
                false,
                "",
                List.of(new Member("c".repeat(64), "x", "", "", "", "")));

        @Override
        public String create(NewNetwork network) {
            return BRIDGE.id();
        }

        @Override
        public void remove(String ref) {}

        @Override
        public void connect(String ref, String container, dev.priok.engine.NetworkSpec.Endpoint endpoint) {}

        @Override
        public void disconnect(String ref, String container, boolean force) {}

        @Override
        public List<NetworkView> list(Filters filters) {
            return List.of(BRIDGE);
        }

        @Override
        public NetworkView inspect(String ref) {
            if (ref.equals("bridge")) {
                return BRIDGE;
            }
            throw Failure.notFound("network %s not found", ref);
        }

        @Override
        public PruneResult prune(Filters filters) {
            return new PruneResult(List.of(), 0);
        }
    }

    private final class Self implements SystemInfo {
        @Override
        public EngineInfo info() {
            return new EngineInfo(
                    "id",
                    "host",
                    "0.1.0",
                    containers.boxes.size(),
                    0,
                    0,
                    0,
                    1,
                    "overlay2",
                    List.of(),
                    "/data",
                    "json-file",
                    List.of("json-file"),
                    List.of("local"),
                    List.of("bridge"),
                    "cgroupfs",
                    "2",
                    "6.1",
                    "Debian",
                    "12",
                    "x86_64",
                    2,
                    1L << 30,
                    true,
                    true,
                    true,
                    true,
                    true,
                    true,
                    false,
                    true,
                    debug,
                    true,
                    10,
                    5,
                    0,
                    "priok",
                    List.of("priok"),
                    "priok-init",
                    List.of("name=seccomp,profile=builtin"),
                    List.of(),
                    List.of(),
                    FakeContainers.CREATED,
                    List.of("/etc/cdi"),
                    List.of());
        }

        @Override
        public Figures figures() {
            Durations durations = new Durations();
            durations.add(3_000_000);
            durations.add(30_000_000_000L);
            return new Figures(
                    List.of(new Figures.Phase("start", "network", durations.snapshot())),
                    List.of(
                            new Figures.Store("blobs", 3, 4096),
                            new Figures.Store("snapshots", 2, Figures.Store.UNKNOWN)),
                    new Figures.Collections(durations.snapshot(), 77));
        }

        @Override
        public Version version() {
            return new Version("0.1.0", "abc", "today", "25", "linux", "amd64", "6.1");
        }

        @Override
        public DiskUsage diskUsage(boolean withContainers, boolean withImages, boolean withVolumes) {
            return new DiskUsage(
                    9,
                    withImages ? images.list(true, true, Filters.NONE) : List.of(),
                    withContainers
                            ? containers.list(new dev.priok.engine.Containers.ListQuery(true, 0, true, Filters.NONE))
                            : List.of(),
                    withVolumes ? volumes.list(Filters.NONE) : List.of());
        }

        @Override
        public Map<String, String> components() {
            return Map.of("priok-init", "1");
        }
    }
}
