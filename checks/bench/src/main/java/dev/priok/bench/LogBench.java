package dev.priok.bench;

import java.io.IOException;
import java.util.List;

/** How soon {@code logs -f --tail 10} of a log of 1 GB says something. */
final class LogBench {
    /** Lines of 100 bytes. */
    private static final long LINES = 10_000_000;

    private static final int TAIL = 10;

    /** Writing the log takes minutes where each line is parsed. */
    private static final int MINUTES = 15;

    private LogBench() {}

    static void measure(List<Peer> peers, BuildBench.Note note) throws Exception {
        for (String driver : List.of("json-file", "local")) {
            for (Peer peer : peers) {
                measure(peer, driver, note);
            }
        }
    }

    private static void measure(Peer peer, String driver, BuildBench.Note note) throws Exception {
        try (Api api = new Api(peer.socket())) {
            String script = "yes " + "x".repeat(99) + " | head -n " + LINES + "; echo written; sleep 10000";
            String id = Api.id(api.call(
                    "POST",
                    "/containers/create",
                    "{\"Image\":\"bb\",\"Cmd\":[\"sh\",\"-c\",\"" + script
                            + "\"],\"HostConfig\":{\"NetworkMode\":\"none\",\"LogConfig\":{\"Type\":\"" + driver
                            + "\",\"Config\":{\"max-size\":\"4g\",\"max-file\":\"2\"}}}}"));
            api.call("POST", "/containers/" + id + "/start", "");
            long deadline = System.nanoTime() + MINUTES * 60_000_000_000L;
            while (!api.call("GET", "/containers/" + id + "/logs?stdout=1&tail=1", "")
                    .contains("written")) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(peer.name() + " did not write the log in " + MINUTES + " minutes");
                }
                Thread.sleep(500);
            }
            note.take(
                    "logs -f --tail " + TAIL + " of 1 GB, " + driver + ": the last line is there, API (ms)",
                    peer,
                    Samples.of(3, 30, () -> follow(peer, id)).medianMillis());
            api.call("DELETE", "/containers/" + id + "?force=1", "");
        }
    }

    private static void follow(Peer peer, String id) throws IOException {
        try (Api api = new Api(peer.socket())) {
            api.until("/containers/" + id + "/logs?stdout=1&follow=1&tail=" + TAIL, "written");
        }
    }
}
