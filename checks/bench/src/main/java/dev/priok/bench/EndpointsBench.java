package dev.priok.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What each step costs this build's daemon, in processor time, while there are 10, 100 and 1,000 containers on one network. */
final class EndpointsBench {
    private static final List<Integer> SIZES = List.of(10, 100, 1000);
    private static final int AT_ONCE = 4;
    private static final int WARM_UP = 150;
    private static final int RUNS = 100;
    private static final int LOOKUPS = 1000;
    private static final String MEMBER = create("crowd");
    private static final String GUEST = create("bridge");

    private final Peer peer;
    private final NetworkBench.Notes notes;

    private EndpointsBench(Peer peer, NetworkBench.Notes notes) {
        this.peer = peer;
        this.notes = notes;
    }

    static void measure(Path checkout, Path scratch, NetworkBench.Notes notes) throws Exception {
        try (Peer priok = Peer.priokWithBridge(checkout, Files.createDirectory(scratch.resolve("priok-endpoints")))) {
            Shell.run(priok, "import", Shell.busybox(scratch).toString(), "bb");
            Shell.run(priok, "network", "create", "--subnet", "10.198.0.0/16", "crowd");
            EndpointsBench bench = new EndpointsBench(priok, notes);
            try (Api api = new Api(priok.socket())) {
                bench.measure(api);
            }
        }
    }

    private void measure(Api api) throws Exception {
        String guest = start(api, GUEST);
        String body = "{\"Container\":\"" + guest + "\"}";
        // What a daemon learns at its first starts is not what a container costs.
        for (int i = 0; i < WARM_UP; i++) {
            api.call("DELETE", "/containers/" + start(api, MEMBER) + "?force=1", "");
            api.call("POST", "/networks/crowd/connect", body);
            api.call("POST", "/networks/crowd/disconnect", body);
        }
        List<String> ids = new ArrayList<>();
        for (int size : SIZES) {
            fill(ids, size);
            step(size, "start of one more on the network, and its removal", RUNS, () -> {
                for (int i = 0; i < RUNS; i++) {
                    api.call("DELETE", "/containers/" + start(api, MEMBER) + "?force=1", "");
                }
            });
            step(size, "connection of a running one, and disconnection", RUNS, () -> {
                for (int i = 0; i < RUNS; i++) {
                    api.call("POST", "/networks/crowd/connect", body);
                    api.call("POST", "/networks/crowd/disconnect", body);
                }
            });
            step(size, "a name asked of the name server", LOOKUPS, () -> lookUp(api, ids));
            step(size, "network inspect, for each endpoint in it", RUNS * size, () -> {
                for (int i = 0; i < RUNS; i++) {
                    api.call("GET", "/networks/crowd", "");
                }
            });
        }
        ids.add(guest);
        for (String id : ids) {
            api.call("DELETE", "/containers/" + id + "?force=1", "");
        }
    }

    private void step(int size, String what, int parts, Samples.Work work) throws Exception {
        long before = processorMillis();
        work.run();
        notes.take(
                "%,d endpoints: %s, processor time (µs)".formatted(size, what),
                peer,
                (processorMillis() - before) * 1000.0 / parts);
    }

    /** Names of members, by a program of the host in the network of one of them. */
    private void lookUp(Api api, List<String> ids) throws Exception {
        String pid = api.call("GET", "/containers/" + ids.getFirst() + "/json", "")
                .replaceAll("(?s).*\"Pid\":([0-9]+).*", "$1");
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < LOOKUPS; i++) {
            String name = ids.get(i * 7 % ids.size()).substring(0, 12);
            script.append("busybox nslookup -type=a ").append(name).append(" 127.0.0.11 >/dev/null || exit 1\n");
        }
        Path file = Files.writeString(peer.root().resolve("look-up"), script);
        Shell.finish(new ProcessBuilder("nsenter", "-t", pid, "-n", "sh", file.toString()));
    }

    private void fill(List<String> ids, int size) throws Exception {
        List<Future<String>> started = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = ids.size(); i < size; i++) {
                started.add(pool.submit(() -> {
                    try (Api api = new Api(peer.socket())) {
                        return start(api, MEMBER);
                    }
                }));
            }
        }
        for (Future<String> one : started) {
            ids.add(one.get());
        }
    }

    private static String start(Api api, String create) throws java.io.IOException {
        String id = Api.id(api.call("POST", "/containers/create", create));
        api.call("POST", "/containers/" + id + "/start", "");
        return id;
    }

    /** Of the daemon alone: its helpers are the containers' own. */
    private long processorMillis() {
        return ProcessHandle.of(peer.pid())
                .flatMap(daemon -> daemon.info().totalCpuDuration())
                .map(Duration::toMillis)
                .orElseThrow();
    }

    private static String create(String network) {
        return "{\"Image\":\"bb\",\"Cmd\":[\"sleep\",\"100000\"],\"HostConfig\":{\"NetworkMode\":\"" + network + "\"}}";
    }
}
