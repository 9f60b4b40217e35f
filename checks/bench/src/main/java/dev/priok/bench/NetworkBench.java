package dev.priok.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Containers on a bridge: their life, joining a network, and what goes through. Each daemon has a network namespace of its own. */
final class NetworkBench {
    private static final String CREATE = "{\"Image\":\"bb\",\"Cmd\":[\"true\"]}";
    private static final String CREATE_SLEEPER = "{\"Image\":\"bb\",\"Cmd\":[\"sleep\",\"1000\"]}";
    private static final String IPERF = "/usr/bin/iperf3";
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+\\.so\\S*)");
    private static final Pattern RECEIVED =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.e+]+)");
    private static final Pattern SENT_BYTES = Pattern.compile("\"sum_sent\":\\s*\\{[^}]*\"bytes\":\\s*([0-9.e+]+)");
    private static final Pattern SENT_SECONDS = Pattern.compile("\"sum_sent\":\\s*\\{[^}]*\"seconds\":\\s*([0-9.e+]+)");
    private static final Pattern CLIENT_BUSY = Pattern.compile("\"host_total\":\\s*([0-9.e+-]+)");
    private static final Pattern SERVER_BUSY = Pattern.compile("\"remote_total\":\\s*([0-9.e+-]+)");
    private static final int ROUNDS = 5;
    private static final String SECONDS = "3";

    private NetworkBench() {}

    static void measure(Path checkout, Path folder, Path scratch, Notes notes) throws Exception {
        Path tar = image(scratch);
        try (Peer docker = Peer.dockerWithBridge(folder, Files.createDirectory(scratch.resolve("docker-bridge")));
                Peer priok = Peer.priokWithBridge(checkout, Files.createDirectory(scratch.resolve("priok-bridge")))) {
            for (Peer peer : List.of(docker, priok)) {
                Shell.run(peer, "import", Shell.busybox(scratch).toString(), "bb");
                life(peer, notes);
                joining(peer, notes);
            }
            if (Files.exists(Path.of(IPERF))) {
                throughput(List.of(docker, priok), tar, notes);
            }
        }
    }

    /** Takes a result. */
    interface Notes {
        void take(String what, Peer peer, double value);
    }

    private static void life(Peer peer, Notes notes) throws Exception {
        try (Api api = new Api(peer.socket())) {
            Samples samples = Samples.of(60, 100, () -> {
                String id = Api.id(api.call("POST", "/containers/create", CREATE));
                api.call("POST", "/containers/" + id + "/start", "");
                api.call("POST", "/containers/" + id + "/wait", "");
                api.call("DELETE", "/containers/" + id, "");
            });
            notes.take("create + start + wait + remove, API, default bridge (ms)", peer, samples.medianMillis());
        }
    }

    private static void joining(Peer peer, Notes notes) throws Exception {
        try (Api api = new Api(peer.socket())) {
            api.call("POST", "/networks/create", "{\"Name\":\"more\"}");
            String id = Api.id(api.call("POST", "/containers/create", CREATE_SLEEPER));
            api.call("POST", "/containers/" + id + "/start", "");
            String body = "{\"Container\":\"" + id + "\"}";
            List<Double> millis = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                long start = System.nanoTime();
                api.call("POST", "/networks/more/connect", body);
                millis.add((System.nanoTime() - start) / 1e6);
                api.call("POST", "/networks/more/disconnect", body);
            }
            millis.sort(null);
            notes.take("connect a running container to a network, API (ms)", peer, millis.get(millis.size() / 2));
            api.call("DELETE", "/containers/" + id + "?force=1", "");
        }
    }

    /** In turns, for what else the machine does changes within minutes; and with the processor time that each gigabyte takes. */
    private static void throughput(List<Peer> peers, Path tar, Notes notes) throws Exception {
        List<Process> servers = new ArrayList<>();
        try {
            for (Peer peer : peers) {
                Shell.run(peer, "import", tar.toString(), "iperf");
                Shell.run(peer, "network", "create", "--subnet", "10.199.99.0/24", "pipe");
                Shell.run(peer, "run", "-d", "--name", "server", "--network", "pipe", "iperf", IPERF, "-s");
                servers.add(new ProcessBuilder(
                                "nsenter", "-t", Long.toString(peer.pid()), "-n", IPERF, "-s", "-B", "10.199.99.1")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start());
            }
            for (String target : List.of("server", "10.199.99.1")) {
                Map<Peer, List<Double>> gigabits = new HashMap<>();
                Map<Peer, List<Double>> seconds = new HashMap<>();
                for (int i = 0; i < ROUNDS; i++) {
                    for (Peer peer : peers) {
                        String answer = iperf(peer, target);
                        gigabits.computeIfAbsent(peer, _ -> new ArrayList<>()).add(number(RECEIVED, answer) / 1e9);
                        double busy = (number(CLIENT_BUSY, answer) + number(SERVER_BUSY, answer)) / 100;
                        seconds.computeIfAbsent(peer, _ -> new ArrayList<>())
                                .add(busy * number(SENT_SECONDS, answer) / number(SENT_BYTES, answer) * 1e9);
                    }
                }
                String what = target.equals("server") ? "container to container" : "container to host";
                for (Peer peer : peers) {
                    notes.take(
                            what + ", iperf3, one stream (Gbit/s)",
                            peer,
                            median(gigabits.getOrDefault(peer, List.of())));
                    notes.take(
                            what + ", processor time for 1 GB (ms)",
                            peer,
                            1000 * median(seconds.getOrDefault(peer, List.of())));
                }
            }
            for (Peer peer : peers) {
                Shell.run(peer, "rm", "-f", "server");
                Shell.run(peer, "network", "rm", "pipe");
            }
        } finally {
            servers.forEach(Process::destroy);
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static double number(Pattern pattern, String answer) throws IOException {
        Matcher matcher = pattern.matcher(answer);
        if (!matcher.find()) {
            throw new IOException("iperf3 said nothing of " + pattern + ":\n" + answer);
        }
        return Double.parseDouble(matcher.group(1));
    }

    private static String iperf(Peer peer, String host) throws IOException, InterruptedException {
        String answer = "";
        for (int i = 0; i < 20; i++) {
            ProcessBuilder client = new ProcessBuilder(
                    "docker", "run", "--rm", "--network", "pipe", "iperf", IPERF, "-J", "-t", SECONDS, "-c", host);
            client.environment().put("DOCKER_HOST", "unix://" + peer.socket());
            Process process = client.redirectErrorStream(true).start();
            answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            if (RECEIVED.matcher(answer).find()) {
                return answer;
            }
            Thread.sleep(200); // the server is not up yet
        }
        throw new IOException("iperf3 to " + host + ":\n" + answer);
    }

    /** A tar of iperf3 with the libraries that it needs. */
    private static Path image(Path scratch) throws IOException, InterruptedException {
        Path tar = scratch.resolve("iperf.tar");
        if (!Files.exists(Path.of(IPERF))) {
            return tar;
        }
        Path root = Files.createDirectories(scratch.resolve("iperf"));
        Process libraries = new ProcessBuilder("ldd", IPERF).start();
        List<String> files = new ArrayList<>(List.of(IPERF));
        Matcher matcher =
                LIBRARY.matcher(new String(libraries.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        while (matcher.find()) {
            files.add(matcher.group(1));
        }
        Files.createDirectories(root.resolve("tmp"));
        for (String file : files) {
            Path to = root.resolve(file.substring(1));
            Files.createDirectories(to.getParent());
            Files.copy(Path.of(file).toRealPath(), to);
        }
        Shell.finish(new ProcessBuilder("tar", "-C", root.toString(), "-cf", tar.toString(), "."));
        return tar;
    }
}
