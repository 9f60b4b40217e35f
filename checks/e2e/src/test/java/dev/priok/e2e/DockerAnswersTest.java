package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.priok.api.golden.DockerDocuments;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same requests that a real Docker 28.5.2 was asked, and its answers: what differs is listed here, and meant. */
@ExtendWith(SharedDaemon.class)
class DockerAnswersTest {
    /** Refusals whose words are Docker's to the letter; the others say the same, mostly with the object's name in addition. */
    private static final int SAME_WORDS_AT_LEAST = 60;

    /** What this build does not do yet: 501. */
    private static final Set<String> UNFINISHED =
            Set.of("POST /volumes/create {\"DriverOpts\":{\"x\":\"y\"}}", "DELETE /networks/none ");

    /** What the comparison may find in any document. */
    private static final Set<String> MEANT = Set.of(
            // Shown as they were asked for; the defaults are the runtime's.
            "$.HostConfig.MaskedPaths is NULL and not ARRAY",
            "$.HostConfig.ReadonlyPaths is NULL and not ARRAY",
            // There is no containerd, and no CDI yet.
            "$.CDISpecDirs is missing",
            "$.Containerd is missing",
            "$.KernelMemoryTCP is missing",
            "$.Runtimes.*.status is missing",
            // The Docker whose answers these are ran with --iptables=false, and has none then.
            "$.FirewallBackend is not Docker's",
            // Docker writes null for networks without pools, which Testcontainers does not survive.
            "$[].IPAM.Config is ARRAY and not NULL",
            "$.Warnings is ARRAY and not NULL",
            "$.Warnings is NULL and not ARRAY",
            "$.Images[].RepoDigests is ARRAY and not NULL",
            "$.Containers[].SizeRw is not Docker's",
            "$[].SizeRw is not Docker's",
            "$.ProcessConfig.user is missing");

    private static RawHttp http;

    @BeforeAll
    static void makeWhatTheRequestsSpeakOf() {
        TestDaemon daemon = SharedDaemon.get();
        http = new RawHttp(daemon.socket());
        Docker docker = daemon.docker();
        docker.feed(
                        Busybox.archive(),
                        "import",
                        "-c",
                        "ENTRYPOINT [\"/bin/sh\",\"-c\"]",
                        "-c",
                        "CMD [\"sleep 300\"]",
                        "-c",
                        "EXPOSE 80/tcp",
                        "-c",
                        "VOLUME /data",
                        "-c",
                        "WORKDIR /work",
                        "-c",
                        "USER 0:0",
                        "-c",
                        "STOPSIGNAL SIGTERM",
                        "-c",
                        "LABEL com.example.tier=front",
                        "-c",
                        "HEALTHCHECK --interval=5s --retries=2 CMD true",
                        "-",
                        "golden:1")
                .ok();
        docker.run("volume", "create", "vol2").ok();
        docker.run("create", "--name", "plain", "--network", "none", "golden:1").ok();
        docker.run("run", "-d", "--name", "run", "--network", "none", "-v", "vol2:/vol", "golden:1")
                .ok();
        docker.run("run", "--name", "exited", "--network", "none", "golden:1", "exit 3");
    }

    @AfterAll
    static void remove() {
        Docker docker = SharedDaemon.get().docker();
        for (String id : docker.run("ps", "-aq").out().lines().toList()) {
            docker.run("rm", "-f", "-v", id);
        }
        docker.run("volume", "rm", "vol2");
        docker.run("rmi", "-f", "golden:1");
    }

    private static String escaped(String path) {
        int query = path.indexOf('?');
        if (query < 0) {
            return path;
        }
        StringBuilder escaped = new StringBuilder(path.substring(0, query + 1));
        for (String part : path.substring(query + 1).split("&")) {
            int equals = part.indexOf('=');
            escaped.append(equals < 0 ? part : part.substring(0, equals + 1))
                    .append(equals < 0 ? "" : URLEncoder.encode(part.substring(equals + 1), StandardCharsets.UTF_8))
                    .append('&');
        }
        return escaped.substring(0, escaped.length() - 1);
    }

    private static String withoutIds(String text) {
        return text.replaceAll("\\b[0-9a-f]{64}\\b", "ID").replaceAll("\\b[0-9a-f]{12}\\b", "ID");
    }

    @Test
    void refusals_haveDockersStatus() {
        List<String> differences = new ArrayList<>();
        int sameWords = 0;
        for (String line : DockerDocuments.text("errors.tsv").lines().toList()) {
            String[] row = line.split("\t", -1);
            RawHttp.Answer answer = http.send(row[0], "/v1.51" + escaped(row[1]), row[2], row[3]);
            String request = row[0] + " " + row[1] + " " + row[3];
            int docker = Integer.parseInt(row[4]);
            // Docker answers 500 for some mistakes of the caller.
            boolean better = docker == 500 && answer.status() == 400;
            if (answer.status() != docker && !better && !UNFINISHED.contains(request)) {
                differences.add(request + ": " + docker + " was " + answer);
                continue;
            }
            JsonNode message = DockerDocuments.parse(answer.body()).get("message");
            sameWords += message != null && withoutIds(message.asText()).equals(withoutIds(row[5])) ? 1 : 0;
        }
        assertEquals(List.of(), differences);
        assertTrue(sameWords >= SAME_WORDS_AT_LEAST, "refusals in Docker's words: " + sameWords);
    }

    @Test
    void documents_haveDockersFields() {
        List<String> differences = new ArrayList<>();
        compare("container-created.json", "/containers/plain/json", differences);
        compare("container-running.json", "/containers/run/json", differences);
        compare("container-exited.json", "/containers/exited/json", differences);
        compare("containers.json", "/containers/json?all=1&size=1", differences);
        compare("images.json", "/images/json?all=1", differences);
        compare("image.json", "/images/golden:1/json", differences);
        compare("history.json", "/images/golden:1/history", differences);
        compare("networks.json", "/networks", differences);
        compare("info.json", "/info", differences);
        compare("version.json", "/version", differences);
        compare("df.json", "/system/df", differences);
        compare("stats-stopped.json", "/containers/plain/stats?stream=false", differences);
        assertEquals(List.of(), differences);
    }

    private static void compare(String golden, String path, List<String> differences) {
        RawHttp.Answer answer = http.send("GET", "/v1.51" + path, "", "");
        assertEquals(200, answer.status(), answer.body());
        for (String difference :
                DockerDocuments.differences(DockerDocuments.document(golden), DockerDocuments.parse(body(answer)))) {
            if (!MEANT.contains(difference)) {
                differences.add(golden + ": " + difference);
            }
        }
    }

    /** Without the sizes of chunks, should it be sent in some. */
    private static String body(RawHttp.Answer answer) {
        String body = answer.body();
        return body.startsWith("{") || body.startsWith("[")
                ? body
                : body.replaceAll("(?m)^[0-9a-f]+\\r\\n|\\r\\n$", "");
    }
}
