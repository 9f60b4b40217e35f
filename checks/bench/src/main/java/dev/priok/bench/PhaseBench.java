package dev.priok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code PhaseBench CHECKOUT}: where the time of a container's making, start and exec goes, from the daemon's own histograms
 * ({@code priok_container_phase_seconds}), once without and once with a network.
 */
public final class PhaseBench {
    private static final int WARM = 150;
    private static final int ROUNDS = 300;

    /** A row of a histogram: bucket, sum or count. */
    private static final Pattern ROW = Pattern.compile(
            "priok_container_phase_seconds_(bucket|sum|count)\\{action=\"(\\w+)\",phase=\"(\\w+)\"(?:,le=\"([^\"]+)\")?} (\\S+)");

    private PhaseBench() {}

    /** What a phase's histogram has: seconds, and how many took no longer than each bound. */
    private static final class Histogram {
        private double sum;
        private double count;
        private final TreeMap<Double, Double> within = new TreeMap<>();

        private Histogram since(Histogram before) {
            Histogram now = new Histogram();
            now.sum = sum - before.sum;
            now.count = count - before.count;
            within.forEach((bound, n) -> now.within.put(bound, n - before.within.getOrDefault(bound, 0.0)));
            return now;
        }

        /** Seconds, between the bounds of the bucket as if all in it were spread evenly. */
        private double quantile(double part) {
            double wanted = part * count;
            double below = 0;
            double from = 0;
            for (Map.Entry<Double, Double> bucket : within.entrySet()) {
                if (bucket.getValue() >= wanted) {
                    double inside = bucket.getValue() - below;
                    return inside == 0 ? from : from + (bucket.getKey() - from) * (wanted - below) / inside;
                }
                below = bucket.getValue();
                from = bucket.getKey();
            }
            return from;
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path checkout = Path.of(arguments[0]).toAbsolutePath();
        Path scratch = Files.createTempDirectory(Path.of("/tmp"), "priok-bench-");
        try (Peer priok = Peer.priokWithBridge(checkout, Files.createDirectory(scratch.resolve("priok")))) {
            Shell.run(priok, "import", Shell.busybox(scratch).toString(), "bb");
            for (String network : List.of("none", "bridge")) {
                measure(priok, network);
            }
        } finally {
            Shell.delete(scratch);
        }
    }

    private static void measure(Peer priok, String network) throws IOException {
        try (Api api = new Api(priok.socket())) {
            for (int i = 0; i < WARM; i++) {
                life(api, network);
            }
            Map<String, Histogram> before = read(api);
            List<Double> lives = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                long begun = System.nanoTime();
                life(api, network);
                lives.add((System.nanoTime() - begun) / 1e6);
            }
            print(network, before, read(api));
            lives.sort(null);
            System.out.printf(
                    Locale.ROOT,
                    "create + start + exec + kill + remove, API, network %s: %.2f ms p50%n%n",
                    network,
                    lives.get(lives.size() / 2));
        }
    }

    private static void life(Api api, String network) throws IOException {
        String id = Api.id(api.call(
                "POST",
                "/containers/create",
                "{\"Image\":\"bb\",\"Cmd\":[\"sleep\",\"1000\"],\"HostConfig\":{\"NetworkMode\":\"" + network
                        + "\"}}"));
        api.call("POST", "/containers/" + id + "/start", "");
        String exec = Api.id(api.call("POST", "/containers/" + id + "/exec", "{\"Cmd\":[\"true\"]}"));
        api.call("POST", "/exec/" + exec + "/start", "{\"Detach\":true}");
        api.call("DELETE", "/containers/" + id + "?force=1", "");
    }

    private static Map<String, Histogram> read(Api api) throws IOException {
        Map<String, Histogram> all = new LinkedHashMap<>();
        Matcher row = ROW.matcher(api.call("GET", "/metrics", ""));
        while (row.find()) {
            Histogram histogram = all.computeIfAbsent(row.group(2) + " | " + row.group(3), _ -> new Histogram());
            double value = Double.parseDouble(row.group(5));
            switch (row.group(1)) {
                case "sum" -> histogram.sum = value;
                case "count" -> histogram.count = value;
                default -> {
                    if (!row.group(4).equals("+Inf")) {
                        histogram.within.put(Double.valueOf(row.group(4)), value);
                    }
                }
            }
        }
        return all;
    }

    private static void print(String network, Map<String, Histogram> before, Map<String, Histogram> after) {
        System.out.println("| network " + network + ": action | phase | mean, ms | p50 | p90 |");
        System.out.println("| --- | --- | --- | --- | --- |");
        Map<String, Double> totals = new LinkedHashMap<>();
        after.forEach((name, histogram) -> {
            Histogram one = histogram.since(before.getOrDefault(name, new Histogram()));
            double mean = one.count == 0 ? 0 : one.sum / one.count * 1e3;
            totals.merge(name.substring(0, name.indexOf(' ')), mean, Double::sum);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.3f | %.3f | %.3f |%n",
                    name,
                    mean,
                    one.quantile(0.5) * 1e3,
                    one.quantile(0.9) * 1e3);
        });
        totals.forEach((action, mean) -> System.out.printf(Locale.ROOT, "| %s | all | %.3f | | |%n", action, mean));
    }
}
