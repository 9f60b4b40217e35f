package dev.priok.server.route;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerState.Status;
import dev.priok.engine.ContainerView;
import dev.priok.engine.Containers.ListQuery;
import dev.priok.engine.Cursor;
import dev.priok.engine.Engine;
import dev.priok.engine.Figures;
import dev.priok.engine.Filters;
import dev.priok.engine.Stats;
import dev.priok.engine.SystemInfo;
import dev.priok.server.http.Exchange;
import dev.priok.server.http.ExchangeHandler;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /metrics}: the engine's figures, dockerd's names where dockerd has them; {@code /debug/threads} and {@code /debug/heap} of a daemon that debugs. */
public final class MetricsPage implements ExchangeHandler {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsPage.class);

    private final Engine engine;
    private final Requests requests;
    private final ActionTimes times;

    MetricsPage(Engine engine, Requests requests, ActionTimes times) {
        this.engine = engine;
        this.requests = requests;
        this.times = times;
    }

    @Override
    public void handle(Exchange exchange) throws IOException, InterruptedException {
        if (!exchange.method().equals("GET")) {
            exchange.send(405);
        } else if (exchange.path().equals("/metrics")) {
            exchange.send(200, MetricsText.CONTENT_TYPE, text().getBytes(StandardCharsets.UTF_8));
        } else if (exchange.path().startsWith("/debug/")
                && engine.system().info().debug()) {
            debug(exchange);
        } else {
            exchange.send(404);
        }
    }

    private static void debug(Exchange exchange) throws IOException {
        switch (exchange.path()) {
            case "/debug/threads" -> exchange.send(200, "text/plain; charset=utf-8", threads());
            case "/debug/heap" ->
                exchange.send(200, "text/plain; charset=utf-8", heap().getBytes(StandardCharsets.UTF_8));
            default -> exchange.send(404);
        }
    }

    /** The areas of the heap, and how many objects of which class live in it; to know that it is collected. */
    private static String heap() throws IOException {
        try {
            ObjectName command = new ObjectName("com.sun.management:type=DiagnosticCommand");
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            return server.invoke(command, "gcHeapInfo", new Object[0], new String[0])
                    + "\n"
                    + server.invoke(command, "gcClassHistogram", new Object[] {new String[0]}, new String[] {
                        String[].class.getName()
                    });
        } catch (JMException e) {
            throw new IOException("the heap cannot be looked into", e);
        }
    }

    /** All threads with their stacks, virtual ones too; the JDK writes them to a file only. */
    private static byte[] threads() throws IOException {
        Path folder = Files.createTempDirectory("threads");
        Path file = folder.resolve("dump");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            return Files.readAllBytes(file);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    String text() throws InterruptedException {
        MetricsText text = new MetricsText();
        SystemInfo.EngineInfo info = engine.system().info();
        text.figure(
                        "engine_daemon_engine_info",
                        "gauge",
                        "The information related to the engine and the OS it is running on")
                .value(
                        "engine_daemon_engine_info",
                        1,
                        "architecture",
                        info.architecture(),
                        "daemon_id",
                        info.id(),
                        "graphdriver",
                        info.storageDriver(),
                        "kernel",
                        info.kernelVersion(),
                        "os",
                        info.operatingSystem(),
                        "version",
                        info.version());
        text.figure(
                        "engine_daemon_engine_cpus_cpus",
                        "gauge",
                        "The number of cpus that the host system of the engine has")
                .value("engine_daemon_engine_cpus_cpus", info.cpus());
        text.figure(
                        "engine_daemon_engine_memory_bytes",
                        "gauge",
                        "The number of bytes of memory that the host system of the engine has")
                .value("engine_daemon_engine_memory_bytes", info.memoryBytes());
        String states = "engine_daemon_container_states_containers";
        text.figure(states, "gauge", "The count of containers in various states")
                .value(states, info.paused(), "state", "paused")
                .value(states, info.running(), "state", "running")
                .value(states, info.stopped(), "state", "stopped");
        text.figure("priok_images", "gauge", "Images that have a name, or are used by one")
                .value("priok_images", info.images());
        Runtime runtime = Runtime.getRuntime();
        text.figure("priok_heap_bytes", "gauge", "Java heap of the daemon")
                .value("priok_heap_bytes", runtime.totalMemory() - runtime.freeMemory(), "area", "used")
                .value("priok_heap_bytes", runtime.totalMemory(), "area", "committed")
                .value("priok_heap_bytes", runtime.maxMemory(), "area", "maximum");
        text.figure("priok_file_descriptors", "gauge", "Open descriptors of the daemon")
                .value("priok_file_descriptors", info.fileDescriptors());
        times.write(text);
        figures(text, engine.system().figures());
        collectors(text);
        containers(text);
        return text + requests.metrics();
    }

    private static void figures(MetricsText text, Figures figures) {
        String phase = "priok_container_phase_seconds";
        text.figure(phase, "histogram", "Parts of making, starting and executing in containers, in their order");
        figures.phases().forEach(p -> text.histogram(phase, p.durations(), "action", p.action(), "phase", p.name()));
        String bytes = "priok_store_bytes";
        String items = "priok_store_items";
        MetricsText counts = new MetricsText().figure(items, "gauge", "Things that are kept in the data root");
        text.figure(bytes, "gauge", "What they take; volumes as they were measured last, by system df or prune");
        figures.stores().forEach(store -> {
            counts.value(items, store.count(), "store", store.name());
            if (store.bytes() != Figures.Store.UNKNOWN) {
                text.value(bytes, store.bytes(), "store", store.name());
            }
        });
        text.append(counts);
        String collections = "priok_store_collection_seconds";
        text.figure(collections, "histogram", "Collections of layers and blobs that nothing needs")
                .histogram(collections, figures.collections().durations());
        text.figure("priok_store_collected_bytes_total", "counter", "What these gave back")
                .value(
                        "priok_store_collected_bytes_total",
                        figures.collections().bytes());
    }

    /** The Java heap's. */
    private static void collectors(MetricsText text) {
        String seconds = "priok_heap_collection_seconds_total";
        String count = "priok_heap_collections_total";
        MetricsText times = new MetricsText().figure(seconds, "counter", "Time that collections of the heap took");
        text.figure(count, "counter", "Collections of the daemon's Java heap");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            text.value(count, collector.getCollectionCount(), "collector", collector.getName());
            times.value(
                    seconds,
                    (double) collector.getCollectionTime() / TimeUnit.SECONDS.toMillis(1),
                    "collector",
                    collector.getName());
        }
        text.append(times);
    }

    private void containers(MetricsText text) throws InterruptedException {
        List<ContainerView> all = engine.containers().list(new ListQuery(true, 0, false, Filters.NONE));
        dropped(text, all);
        MetricsText memory = new MetricsText()
                .figure("priok_container_memory_bytes", "gauge", "Memory of a running container's cgroup");
        MetricsText pids = new MetricsText()
                .figure("priok_container_pids", "gauge", "Processes and threads of a running container");
        text.figure("priok_container_cpu_seconds_total", "counter", "Processor time of a running container's cgroup");
        for (ContainerView container : all) {
            if (container.state().status() != Status.RUNNING) {
                continue;
            }
            try (Cursor<Stats> cursor = engine.containers().stats(container.id(), false, true)) {
                Stats stats = cursor.next();
                if (stats == null || stats.cpu() == null) {
                    continue;
                }
                String[] labels = {"id", container.id(), "name", container.name()};
                text.value(
                        "priok_container_cpu_seconds_total",
                        (double) stats.cpu().totalNanos() / TimeUnit.SECONDS.toNanos(1),
                        labels);
                if (stats.memory() != null) {
                    memory.value("priok_container_memory_bytes", stats.memory().usage(), labels);
                }
                if (stats.pids() != null) {
                    pids.value("priok_container_pids", stats.pids().current(), labels);
                }
            } catch (IOException | Failure e) {
                // It ended while it was asked.
                LOG.debug("no figures of {}", container.id(), e);
            }
        }
        text.append(memory).append(pids);
    }

    /** Of containers whose logs are in {@code mode=non-blocking}; the others' drop nothing. */
    private static void dropped(MetricsText text, List<ContainerView> all) {
        String lines = "priok_container_log_dropped_lines_total";
        String bytes = "priok_container_log_dropped_bytes_total";
        MetricsText size = new MetricsText()
                .figure(bytes, "counter", "Output that is not in the log: it came faster than the log could take it");
        text.figure(lines, "counter", "Lines that are not in the log: they came faster than the log could take them");
        for (ContainerView container : all) {
            ContainerView.Dropped dropped = container.dropped();
            if (dropped != null) {
                String[] labels = {"id", container.id(), "name", container.name()};
                text.value(lines, dropped.lines(), labels);
                size.value(bytes, dropped.bytes(), labels);
            }
        }
        text.append(size);
    }
}
