package dev.priok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many containers at once: what a list of them and each of them costs, and what their output costs. */
final class ManyBench {
    private static final int SOME = 200;
    private static final int MANY = 1000;
    private static final int WRITERS = 100;
    private static final int BLOCKS = 100;
    private static final int LINES = 100;
    private static final int AT_ONCE = 8;
    private static final int REST_MILLIS = 15_000;
    private static final String SLEEPER = create("\"sleep\",\"100000\"");

    private final Peer peer;
    private final NetworkBench.Notes notes;

    private ManyBench(Peer peer, NetworkBench.Notes notes) {
        this.peer = peer;
        this.notes = notes;
    }

    /** 200 containers that sleep in each, 1,000 in this build's. */
    static void sleepers(List<Peer> peers, NetworkBench.Notes notes) throws Exception {
        for (Peer peer : peers) {
            ManyBench bench = new ManyBench(peer, notes);
            // What a daemon learns at its first starts is not what a container costs.
            bench.remove(bench.start(SLEEPER, SOME));
            Thread.sleep(REST_MILLIS);
            long daemon = Memory.daemonKilobytes(peer);
            long helpers = Memory.helperKilobytes(peer);
            List<String> ids = new ArrayList<>(bench.start(SLEEPER, SOME));
            bench.list(SOME);
            Thread.sleep(REST_MILLIS);
            notes.take(
                    "200 containers: memory of the daemon for each (kB)",
                    peer,
                    (double) (Memory.daemonKilobytes(peer) - daemon) / SOME);
            notes.take(
                    "200 containers: memory of helpers for each (kB)",
                    peer,
                    (double) (Memory.helperKilobytes(peer) - helpers) / SOME);
            if (peer.name().equals("priok")) {
                ids.addAll(bench.start(SLEEPER, MANY - SOME));
                bench.list(MANY);
                notes.take("1,000 containers: that answered exec", peer, bench.answering(ids));
            }
            bench.remove(ids);
        }
    }

    /** 100 containers that write 1,000 lines a second each for ten seconds. */
    static void writers(List<Peer> peers, NetworkBench.Notes notes) throws Exception {
        String script = "sleep 5; b=; i=0; while [ $i -lt " + LINES + " ]; do b=\"$b line\\n\"; i=$((i+1)); done; i=0; "
                + "while [ $i -lt " + BLOCKS + " ]; do printf \"$b\"; sleep 0.1; i=$((i+1)); done; sleep 100000";
        String create = create("\"sh\",\"-c\",\"" + json(script) + "\"");
        for (Peer peer : peers) {
            ManyBench bench = new ManyBench(peer, notes);
            List<String> ids = bench.start(create, WRITERS);
            long before = bench.processorMillis();
            long whole = (long) LINES * BLOCKS;
            long lost = 0;
            try (Api api = new Api(peer.socket())) {
                for (String id : ids) {
                    lost += whole - bench.lines(api, id, whole);
                }
            }
            notes.take(
                    "100 containers, 1,000 lines/s each: processor time for 1,000 lines (ms)",
                    peer,
                    (bench.processorMillis() - before) * 1000.0 / (whole * WRITERS));
            notes.take("100 containers, 1,000 lines/s each: lines lost", peer, (double) lost);
            bench.remove(ids);
        }
    }

    /** Lines in the file of a log, once no more come; the file is read, so that the daemon does nothing for it. */
    private long lines(Api api, String id, long wanted) throws IOException, InterruptedException {
        Path log = Path.of(api.call("GET", "/containers/" + id + "/json", "")
                .replaceAll("(?s).*\"LogPath\":\"([^\"]*)\".*", "$1"));
        long seen = -1;
        while (true) {
            long now;
            try (var lines = Files.lines(log)) {
                now = lines.count();
            }
            if (now >= wanted || now == seen) {
                return now;
            }
            seen = now;
            Thread.sleep(REST_MILLIS);
        }
    }

    private long processorMillis() {
        return Memory.all(peer).mapToLong(ManyBench::millis).sum();
    }

    private static long millis(ProcessHandle process) {
        return process.info()
                .totalCpuDuration()
                .map(java.time.Duration::toMillis)
                .orElse(0L);
    }

    private void list(int count) throws Exception {
        try (Api api = new Api(peer.socket())) {
            notes.take(
                    "%,d containers: list of them, API (ms)".formatted(count),
                    peer,
                    Samples.of(20, 40, () -> api.call("GET", "/containers/json", ""))
                            .medianMillis());
        }
    }

    private int answering(List<String> ids) throws Exception {
        int answered = 0;
        try (Api api = new Api(peer.socket())) {
            for (String id : ids) {
                String exec = Api.id(api.call("POST", "/containers/" + id + "/exec", "{\"Cmd\":[\"true\"]}"));
                api.call("POST", "/exec/" + exec + "/start", "{\"Detach\":true}");
                String state = api.call("GET", "/exec/" + exec + "/json", "");
                while (state.contains("\"Running\":true")) {
                    Thread.sleep(1);
                    state = api.call("GET", "/exec/" + exec + "/json", "");
                }
                answered += state.contains("\"ExitCode\":0") ? 1 : 0;
            }
        }
        return answered;
    }

    private List<String> start(String create, int count) throws Exception {
        return each(count, (api, _) -> {
            String id = Api.id(api.call("POST", "/containers/create", create));
            api.call("POST", "/containers/" + id + "/start", "");
            return id;
        });
    }

    private void remove(List<String> ids) throws Exception {
        each(ids.size(), (api, i) -> api.call("DELETE", "/containers/" + ids.get(i) + "?force=1", ""));
    }

    private interface Work {
        String on(Api api, int number) throws IOException;
    }

    private List<String> each(int count, Work work) throws Exception {
        List<Future<String>> all = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < count; i++) {
                int number = i;
                all.add(pool.submit(() -> {
                    try (Api api = new Api(peer.socket())) {
                        return work.on(api, number);
                    }
                }));
            }
        }
        List<String> results = new ArrayList<>();
        for (Future<String> one : all) {
            results.add(one.get());
        }
        return results;
    }

    private static String create(String command) {
        return "{\"Image\":\"bb\",\"Cmd\":[" + command + "],\"HostConfig\":{\"NetworkMode\":\"none\"}}";
    }

    private static String json(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
