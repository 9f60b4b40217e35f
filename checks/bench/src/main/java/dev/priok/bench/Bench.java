package dev.priok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code Bench CHECKOUT PEERS [WHAT...]}: starts real Docker and this build, does the same work in both, in turn, and prints a table
 * of medians with ratios. WHAT is any of api, exec, parallel, memory, build,
 * runtime; all of them when none is named. endpoints, many, writers, logs, registry-client and registry-client-large are measured when named.
 */
public final class Bench {
    private static final String CREATE =
            "{\"Image\":\"bb\",\"Cmd\":[\"true\"],\"HostConfig\":{\"NetworkMode\":\"none\"}}";
    private static final String CREATE_SLEEPER =
            "{\"Image\":\"bb\",\"Cmd\":[\"sleep\",\"1000\"],\"HostConfig\":{\"NetworkMode\":\"none\"}}";
    private static final int STARTS = 60;
    private static final int AT_ONCE = 8;
    private static final int SLEEPERS = 20;

    /** After the start and the import of an image: memory at rest is that of a daemon that had nothing to do for so long. */
    private static final int REST_MILLIS = 20_000;

    private final Map<String, Map<String, Double>> results = new LinkedHashMap<>();
    private final Path checkout;
    private final Path scratch;

    private Bench(Path checkout, Path scratch) {
        this.checkout = checkout;
        this.scratch = scratch;
    }

    public static void main(String[] arguments) throws Exception {
        Path checkout = Path.of(arguments[0]).toAbsolutePath();
        Path peers = Path.of(arguments[1]).toAbsolutePath();
        List<String> wanted = List.of(arguments).subList(2, arguments.length);
        Path scratch = Files.createTempDirectory(Path.of("/tmp"), "priok-bench-");
        Bench bench = new Bench(checkout, scratch);
        try (Peer docker = Peer.docker(peers, Files.createDirectory(scratch.resolve("docker")));
                Peer priok = Peer.priok(checkout, Files.createDirectory(scratch.resolve("priok")))) {
            List<Peer> both = List.of(docker, priok);
            for (Peer peer : both) {
                Shell.run(peer, "import", Shell.busybox(scratch).toString(), "bb");
            }
            for (String what : wanted.isEmpty()
                    ? List.of("memory", "api", "network", "exec", "parallel", "build", "runtime")
                    : wanted) {
                bench.measure(what, both, peers);
            }
            bench.print();
        } finally {
            Shell.delete(scratch);
        }
    }

    private void measure(String what, List<Peer> peers, Path folder) throws Exception {
        switch (what) {
            case "api" -> {
                for (Peer peer : peers) {
                    try (Api api = new Api(peer.socket())) {
                        note(
                                "create + start + wait + remove, API, no network (ms)",
                                peer,
                                Samples.of(60, 100, () -> life(api)));
                    }
                }
            }
            case "exec" -> {
                for (Peer peer : peers) {
                    try (Api api = new Api(peer.socket())) {
                        String id = Api.id(api.call("POST", "/containers/create", CREATE_SLEEPER));
                        api.call("POST", "/containers/" + id + "/start", "");
                        note("exec true, API (ms)", peer, Samples.of(30, 60, () -> exec(api, id)));
                        api.call("DELETE", "/containers/" + id + "?force=1", "");
                        note(
                                "docker run --rm true, by docker's CLI (ms)",
                                peer,
                                Samples.of(
                                        3,
                                        15,
                                        () -> Shell.run(peer, "run", "--rm", "--network", "none", "bb", "true")));
                    }
                }
            }
            case "parallel" -> {
                for (Peer peer : peers) {
                    parallel(peer);
                }
            }
            case "memory" -> {
                for (Peer peer : peers) {
                    memory(peer);
                }
            }
            case "many" -> ManyBench.sleepers(peers, this::note);
            case "writers" -> ManyBench.writers(peers, this::note);
            case "endpoints" -> EndpointsBench.measure(checkout, scratch, this::note);
            case "logs" -> LogBench.measure(peers, this::note);
            case "network" -> NetworkBench.measure(checkout, folder, scratch, this::note);
            case "registry-client" -> TransferBench.measure(scratch, peers, registry(), this::note);
            case "registry-client-large" -> TransferBench.measureLarge(scratch, peers, registry(), this::note);
            case "runtime" -> RuntimeBench.measure(folder, scratch);
            case "build" -> BuildBench.measure(scratch, peers, folder, this::note);
            default -> throw new IllegalArgumentException("nothing of that name to measure: " + what);
        }
    }

    private static Path registry() {
        return Path.of(System.getenv("BENCH_REGISTRY"), "usr/bin/docker-registry");
    }

    private static void life(Api api) throws IOException {
        String id = Api.id(api.call("POST", "/containers/create", CREATE));
        api.call("POST", "/containers/" + id + "/start", "");
        api.call("POST", "/containers/" + id + "/wait", "");
        api.call("DELETE", "/containers/" + id, "");
    }

    private static void exec(Api api, String id) throws IOException {
        String exec = Api.id(api.call("POST", "/containers/" + id + "/exec", "{\"Cmd\":[\"true\"]}"));
        api.call("POST", "/exec/" + exec + "/start", "{\"Detach\":true}");
        while (api.call("GET", "/exec/" + exec + "/json", "").contains("\"Running\":true")) {
            Thread.onSpinWait();
        }
    }

    private void parallel(Peer peer) throws Exception {
        List<String> ids = new ArrayList<>();
        long start = System.nanoTime();
        try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<String>> started = new ArrayList<>();
            for (int i = 0; i < STARTS; i++) {
                started.add(pool.submit(start(peer)));
            }
            for (Future<String> id : started) {
                ids.add(id.get());
            }
        }
        note("60 starts, 8 at a time, API (ms)", peer, (System.nanoTime() - start) / 1e6);
        start = System.nanoTime();
        try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<?>> gone = new ArrayList<>();
            for (String id : ids) {
                gone.add(pool.submit(() -> {
                    try (Api api = new Api(peer.socket())) {
                        return api.call("DELETE", "/containers/" + id + "?force=1", "");
                    }
                }));
            }
            for (Future<?> one : gone) {
                one.get();
            }
        }
        note("60 forced removals, 8 at a time, API (ms)", peer, (System.nanoTime() - start) / 1e6);
    }

    private static Callable<String> start(Peer peer) {
        return () -> {
            try (Api api = new Api(peer.socket())) {
                String id = Api.id(api.call("POST", "/containers/create", CREATE_SLEEPER));
                api.call("POST", "/containers/" + id + "/start", "");
                return id;
            }
        };
    }

    private void memory(Peer peer) throws Exception {
        Thread.sleep(REST_MILLIS);
        note("daemon at rest, proportional memory (MB)", peer, Memory.daemonKilobytes(peer) / 1024.0);
        double before = Memory.helperKilobytes(peer);
        List<String> ids = new ArrayList<>();
        try (Api api = new Api(peer.socket())) {
            for (int i = 0; i < SLEEPERS; i++) {
                ids.add(start(peer).call());
            }
            note(
                    "helpers per running container, proportional memory (kB)",
                    peer,
                    (Memory.helperKilobytes(peer) - before) / SLEEPERS);
            for (String id : ids) {
                api.call("DELETE", "/containers/" + id + "?force=1", "");
            }
        }
    }

    private void note(String what, Peer peer, Samples samples) {
        System.out.println(peer.name() + ": " + what + ": " + samples);
        results.computeIfAbsent(what, _ -> new LinkedHashMap<>()).put(peer.name(), samples.medianMillis());
    }

    private void note(String what, Peer peer, double value) {
        System.out.printf(Locale.ROOT, "%s: %s: %.1f%n", peer.name(), what, value);
        results.computeIfAbsent(what, _ -> new LinkedHashMap<>()).put(peer.name(), value);
    }

    private void print() {
        System.out.println();
        System.out.println("| work (median) | Docker | Priok | ratio |");
        System.out.println("| --- | --- | --- | --- |");
        results.forEach((what, values) -> {
            double docker = values.getOrDefault("docker", Double.NaN);
            double priok = values.getOrDefault("priok", Double.NaN);
            System.out.printf(Locale.ROOT, "| %s | %.1f | %.1f | %.1fx |%n", what, docker, priok, docker / priok);
        });
    }
}
