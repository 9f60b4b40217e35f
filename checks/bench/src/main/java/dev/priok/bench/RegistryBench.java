package dev.priok.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * {@code RegistryBench CHECKOUT PEERS [get|blob|push|many|gc ...]}: Debian's docker-registry and this build's registry, in turn, on
 * loopback. The first three are ratios of both; the last two are promises of this one alone.
 */
public final class RegistryBench {
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final String CEILING = "sendfile alone";
    private static final int ROUNDS = 3;
    private static final int WARM_UPS = 2;
    private static final int CONNECTIONS = 16;
    private static final int GET_MILLIS = 3000;
    private static final int BLOB_BYTES = 256 << 20;
    private static final int BLOB_GETS = 6;
    private static final int[] BLOB_CONNECTIONS = {1, 4};
    private static final int LAYERS = 100;
    private static final int LAYER_BYTES = 1 << 20;
    private static final int REPOSITORIES = 10_000;
    private static final int TAGS = 100;
    private static final int PULLERS = 500;
    private static final int PULL_SECONDS = 15;

    private final Path checkout;
    private final Path peers;
    private final Path scratch;
    private final Random random = new Random(1);
    private final Map<String, Map<String, List<Double>>> results = new LinkedHashMap<>();

    private RegistryBench(Path checkout, Path peers, Path scratch) {
        this.checkout = checkout;
        this.peers = peers;
        this.scratch = scratch;
    }

    public static void main(String[] arguments) throws Exception {
        Path scratch = Files.createTempDirectory(Path.of("/tmp"), "priok-registry-bench-");
        var bench = new RegistryBench(
                Path.of(arguments[0]).toAbsolutePath(), Path.of(arguments[1]).toAbsolutePath(), scratch);
        List<String> wanted = arguments.length > 2
                ? List.of(arguments).subList(2, arguments.length)
                : List.of("get", "blob", "push", "many", "gc");
        try {
            bench.beside(wanted);
            if (wanted.contains("many")) {
                bench.many();
            }
            if (wanted.contains("gc")) {
                bench.collection();
            }
            bench.print();
        } finally {
            Shell.delete(scratch);
        }
    }

    private void beside(List<String> wanted) throws Exception {
        if (wanted.stream().noneMatch(List.of("get", "blob", "push")::contains)) {
            return;
        }
        try (RegistryPeer docker = RegistryPeer.docker(peers, scratch.resolve("docker"));
                RegistryPeer priok = RegistryPeer.priok(checkout, scratch.resolve("priok"), "{}")) {
            byte[] blob = bytes(BLOB_BYTES);
            for (RegistryPeer peer : List.of(docker, priok)) {
                image(peer, "bench/app", "v1", List.of(upload(peer, "bench/app", bytes(1000))));
                if (wanted.contains("blob")) {
                    upload(peer, "bench/app", blob);
                }
            }
            for (RegistryPeer peer : List.of(docker, priok)) {
                // Uncounted: a registry that has just started is not what people have.
                for (int i = 0; i < WARM_UPS; i++) {
                    manifests(peer);
                    push(peer, -1 - i);
                }
            }
            for (int round = 0; round < ROUNDS; round++) {
                if (wanted.contains("blob")) {
                    Path file = Files.write(scratch.resolve("blob"), blob);
                    try (BareSender bare = new BareSender(file)) {
                        blobs(CEILING, bare.port(), "/");
                    }
                }
                for (RegistryPeer peer : List.of(docker, priok)) {
                    if (wanted.contains("get")) {
                        note("GET of a manifest, 16 connections (per second)", peer, manifests(peer));
                    }
                    if (wanted.contains("blob")) {
                        blobs(peer, "/v2/bench/app/blobs/" + digest(blob));
                    }
                    if (wanted.contains("push")) {
                        note("push of 100 layers of 1 MiB, 16 at a time (per second)", peer, 1 / push(peer, round));
                    }
                }
            }
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String digest(byte[] bytes) throws Exception {
        return "sha256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** The descriptor of a blob that is there now. */
    private static String upload(RegistryPeer peer, String repository, byte[] bytes) throws Exception {
        try (HttpLink link = new HttpLink(peer.port())) {
            return upload(link, repository, bytes);
        }
    }

    private static String upload(HttpLink link, String repository, byte[] bytes) throws Exception {
        return upload(link, repository, bytes, digest(bytes));
    }

    private static String upload(HttpLink link, String repository, byte[] bytes, String digest) throws IOException {
        link.call("POST", "/v2/" + repository + "/blobs/uploads/", "", new byte[0]);
        String to = link.location();
        link.call(
                "PUT",
                to + (to.contains("?") ? "&" : "?") + "digest=" + digest,
                "Content-Type: application/octet-stream\r\n",
                bytes);
        require(link, 201);
        return "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"%s\",\"size\":%d}"
                .formatted(digest, bytes.length);
    }

    private static void require(HttpLink link, int status) throws IOException {
        if (link.status() != status) {
            throw new IOException("answered " + link.status() + " instead of " + status);
        }
    }

    private static byte[] manifest(List<String> layers) {
        String config = layers.getFirst().replace("layer.v1.tar", "config.v1+json");
        return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
                .formatted(TYPE, config, String.join(",", layers))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void image(RegistryPeer peer, String repository, String tag, List<String> layers) throws Exception {
        try (HttpLink link = new HttpLink(peer.port())) {
            link.call(
                    "PUT",
                    "/v2/" + repository + "/manifests/" + tag,
                    "Content-Type: " + TYPE + "\r\n",
                    manifest(layers));
            require(link, 201);
        }
    }

    /** Does the same on several threads; all of them are waited for. */
    private static void together(int threads, Callable<?> work) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(pool.submit(work));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private static double manifests(RegistryPeer peer) throws Exception {
        var count = new LongAdder();
        long end = System.nanoTime() + GET_MILLIS * 1_000_000L;
        together(CONNECTIONS, () -> {
            try (HttpLink link = new HttpLink(peer.port())) {
                while (System.nanoTime() < end) {
                    link.get("/v2/bench/app/manifests/v1");
                    require(link, 200);
                    count.increment();
                }
            }
            return null;
        });
        return count.sum() * 1000.0 / GET_MILLIS;
    }

    /** Blobs of both, and of the least that a server can do, to see what bounds them. */
    private void blobs(RegistryPeer peer, String path) throws Exception {
        double before = peer.cpuSeconds();
        blobs(peer.name(), peer.port(), path);
        double gigabytes = (double) blobsOfRound() * BLOB_BYTES / 1e9;
        note(
                "blob bytes per second of the server's processor time (GB)",
                peer.name(),
                gigabytes / (peer.cpuSeconds() - before));
    }

    private static int blobsOfRound() {
        int all = 0;
        for (int connections : BLOB_CONNECTIONS) {
            all += 2 * perConnection(connections) * connections;
        }
        return all;
    }

    private static int perConnection(int connections) {
        return BLOB_GETS / connections + 1;
    }

    private void blobs(String name, int port, String path) throws Exception {
        for (int connections : BLOB_CONNECTIONS) {
            for (boolean copies : new boolean[] {true, false}) {
                double rate = rate(() -> {
                    together(connections, () -> {
                        try (BlobLink link = new BlobLink(port, copies)) {
                            for (int i = 0; i < perConnection(connections); i++) {
                                link.get(path);
                            }
                        }
                        return null;
                    });
                    return perConnection(connections) * connections;
                });
                note(
                        "GET of a 256 MiB blob, %d connection%s, client %s (GB/s)"
                                .formatted(connections, connections == 1 ? "" : "s", copies ? "copies" : "discards"),
                        name,
                        rate);
            }
        }
    }

    private static double rate(Callable<Integer> blobs) throws Exception {
        long start = System.nanoTime();
        int count = blobs.call();
        return (double) count * BLOB_BYTES / (System.nanoTime() - start);
    }

    /** Seconds for an image of many layers. */
    private double push(RegistryPeer peer, int round) throws Exception {
        List<byte[]> layers = new ArrayList<>();
        List<String> digests = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            layers.add(bytes(LAYER_BYTES));
            digests.add(digest(layers.getLast()));
        }
        String repository = "bench/push" + (round + WARM_UPS);
        String[] descriptors = new String[LAYERS];
        var next = new AtomicInteger();
        long start = System.nanoTime();
        together(CONNECTIONS, () -> {
            try (HttpLink link = new HttpLink(peer.port())) {
                for (int i = next.getAndIncrement(); i < LAYERS; i = next.getAndIncrement()) {
                    descriptors[i] = upload(link, repository, layers.get(i), digests.get(i));
                }
            }
            return null;
        });
        image(peer, repository, "v1", Arrays.asList(descriptors));
        return (System.nanoTime() - start) / 1e9;
    }

    /** Ten thousand repositories of a hundred tags each. */
    private void many() throws Exception {
        Path root = scratch.resolve("many");
        try (RegistryPeer peer = RegistryPeer.priok(checkout, root, "{\"collectMinutes\":0}")) {
            var next = new AtomicInteger();
            byte[] config = bytes(100);
            StringBuilder tags = new StringBuilder();
            for (int i = 0; i < TAGS; i++) {
                tags.append(i == 0 ? "?" : "&").append("tag=v").append(i);
            }
            long start = System.nanoTime();
            together(CONNECTIONS, () -> {
                try (HttpLink link = new HttpLink(peer.port())) {
                    for (int i = next.getAndIncrement(); i < REPOSITORIES; i = next.getAndIncrement()) {
                        String repository = "team%d/app%d".formatted(i % 100, i);
                        byte[] manifest = manifest(List.of(upload(link, repository, config)));
                        link.call(
                                "PUT",
                                "/v2/" + repository + "/manifests/" + digest(manifest) + tags,
                                "Content-Type: " + TYPE + "\r\n",
                                manifest);
                        require(link, 201);
                    }
                }
                return null;
            });
            System.out.printf(
                    Locale.ROOT,
                    "priok: %d repositories x %d tags pushed in %.0f s, resident %.0f MB%n",
                    REPOSITORIES,
                    TAGS,
                    (System.nanoTime() - start) / 1e9,
                    peer.residentMegabytes());
        }
        try (RegistryPeer peer = RegistryPeer.priok(checkout, root, "{\"collectMinutes\":0}")) {
            pages(peer);
            note("10,000 repositories x 100 tags: resident memory (MB)", peer, peer.residentMegabytes());
        }
    }

    private void pages(RegistryPeer peer) throws Exception {
        Map<String, String> paths = new LinkedHashMap<>();
        paths.put("tag list of 100", "/v2/team7/app%d07/tags/list");
        paths.put("catalog page of 100", "/v2/_catalog?n=100&last=team%d");
        paths.put("catalog page of 1,000", "/v2/_catalog?n=1000&last=team%d");
        paths.put("page's repositories", "/registry/repositories?last=team%d");
        paths.put("page's search", "/registry/repositories?search=app%d");
        paths.put("page's tags", "/registry/tags?repository=team7/app%d07");
        try (HttpLink link = new HttpLink(peer.port())) {
            for (var path : paths.entrySet()) {
                long[] nanos = new long[200];
                for (int i = 0; i < nanos.length; i++) {
                    String asked = path.getValue().formatted(i % 90 + 1);
                    long start = System.nanoTime();
                    link.get(asked);
                    nanos[i] = System.nanoTime() - start;
                    if (link.status() != 200 && !asked.contains("team7")) {
                        throw new IOException(asked + " answered " + link.status());
                    }
                }
                String what = "10,000 repositories x 100 tags: " + path.getKey();
                note(what + ", median (ms)", peer, percentile(nanos, 50));
                note(what + ", p99 (ms)", peer, percentile(nanos, 99));
            }
        }
    }

    private static double percentile(long[] nanos, int percent) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6;
    }

    /** Many clients pull and one pushes garbage, without and with collections one after the other. */
    private void collection() throws Exception {
        for (String pause : List.of("0", "0.001")) {
            String config =
                    "{\"collectMinutes\":%s,\"graceMinutes\":0.1,\"removeUntagged\":true,\"audit\":{\"megabytes\":10}}"
                            .formatted(pause);
            try (RegistryPeer peer = RegistryPeer.priok(checkout, scratch.resolve("gc" + pause), config)) {
                byte[] layer = bytes(100_000);
                String path = "/v2/gc/app/blobs/" + digest(layer);
                image(peer, "gc/app", "v1", List.of(upload(peer, "gc/app", layer)));
                pull(peer, path, PULL_SECONDS / 5);
                double p99 = pull(peer, path, PULL_SECONDS);
                note(
                        "500 clients pulling, " + (pause.equals("0") ? "no collection" : "collections all the time")
                                + ": p99 of a pull (ms)",
                        peer,
                        p99);
            }
        }
    }

    private double pull(RegistryPeer peer, String blob, int seconds) throws Exception {
        var over = new AtomicBoolean();
        List<Long> nanos = new ArrayList<>();
        var pushes = new LongAdder();
        // A push has to be through within the grace of this bench, six seconds, as in life within an hour.
        var pushing = new FutureTask<Void>(() -> {
            var noise = new Random();
            while (!over.get()) {
                byte[] layer = new byte[1000];
                noise.nextBytes(layer);
                image(peer, "gc/noise", "v1", List.of(upload(peer, "gc/noise", layer)));
                pushes.increment();
            }
            return null;
        });
        Thread pusher = Thread.ofPlatform().start(pushing);
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Long>>> all = new ArrayList<>();
            for (int i = 0; i < PULLERS; i++) {
                all.add(clients.submit(() -> {
                    List<Long> mine = new ArrayList<>();
                    try (HttpLink link = new HttpLink(peer.port())) {
                        while (System.nanoTime() < end) {
                            long start = System.nanoTime();
                            link.get("/v2/gc/app/manifests/v1");
                            require(link, 200);
                            if (link.get(blob) != 100_000) {
                                throw new IOException("a blob of another length");
                            }
                            require(link, 200);
                            mine.add(System.nanoTime() - start);
                        }
                    }
                    return mine;
                }));
            }
            for (Future<List<Long>> one : all) {
                nanos.addAll(one.get());
            }
        } finally {
            over.set(true);
            pusher.join();
        }
        pushing.get();
        System.out.printf(Locale.ROOT, "priok: %d pulls, no error, beside %d pushes%n", nanos.size(), pushes.sum());
        return percentile(nanos.stream().mapToLong(Long::longValue).toArray(), 99);
    }

    private void note(String what, RegistryPeer peer, double value) {
        note(what, peer.name(), value);
    }

    private void note(String what, String name, double value) {
        System.out.printf(Locale.ROOT, "%s: %s: %.2f%n", name, what, value);
        results.computeIfAbsent(what, _ -> new LinkedHashMap<>())
                .computeIfAbsent(name, _ -> new ArrayList<>())
                .add(value);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    private void print() {
        System.out.println();
        System.out.println("| work (median) | docker-registry | Priok | ratio | sendfile alone |");
        System.out.println("| --- | --- | --- | --- | --- |");
        results.forEach((what, values) -> {
            double docker = median(values.getOrDefault("docker-registry", List.of()));
            double priok = median(values.getOrDefault("priok", List.of()));
            double ceiling = median(values.getOrDefault(CEILING, List.of()));
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.2f | %s | %s |%n",
                    what,
                    cell("%.2f", docker),
                    priok,
                    cell("%.1fx", priok / docker),
                    cell("%.2f", ceiling));
        });
    }

    private static String cell(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }
}
