package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Health checks, and what Priok does beyond Docker to keep containers up. */
@ExtendWith(SharedDaemon.class)
class UpkeepTest {
    private static Docker docker;
    private static RawHttp http;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
        http = new RawHttp(SharedDaemon.get().socket());
    }

    @AfterEach
    void remove() {
        docker.run("rm", "-f", "keep");
    }

    private static void create(String body) {
        RawHttp.Answer answer = http.send("POST", "/containers/create?name=keep", "application/json", body);
        assertEquals(201, answer.status(), answer.body());
    }

    private static String inspect(String format) {
        return docker.ok("inspect", "-f", format, "keep");
    }

    /** Inside the start period the short interval counts and failures do not; then three failures in a row do. */
    @Test
    void health_followsEveryField() {
        create("""
                {"Image":"bb","Cmd":["sleep","100"],"Shell":["/bin/sh","-c","echo shell; eval \\"$0\\""],
                 "Healthcheck":{"Test":["CMD-SHELL","echo probed; sleep 0.5; exit 1"],"Interval":100000000,"Timeout":200000000,
                  "StartPeriod":1500000000,"StartInterval":50000000,"Retries":2}}""");
        docker.ok("start", "keep");
        Instant started = Instant.now();
        Await.until(() -> inspect("{{len .State.Health.Log}}").matches("[2-5]"));
        if (Duration.between(started, Instant.now()).toMillis() < 1200) {
            assertEquals("starting", inspect("{{.State.Health.Status}}"));
        }
        Await.until(() -> inspect("{{.State.Health.Status}}").equals("unhealthy"));
        assertTrue(Duration.between(started, Instant.now()).toMillis() >= 1200, "failures in the start period counted");
        String log = inspect("{{json .State.Health.Log}}");
        assertTrue(log.contains("Health check exceeded timeout (200ms): shell\\nprobed"), log);
        assertTrue(Integer.parseInt(inspect("{{.State.Health.FailingStreak}}")) >= 2);
    }

    @Test
    void unhealthy_isRestartedWhenAsked() {
        create("""
                {"Image":"bb","Cmd":["sh","-c","trap 'exit 0' TERM; echo run; while :; do sleep 0.1; done"],
                 "Healthcheck":{"Test":["CMD","false"],"Interval":100000000,"Retries":1},
                 "HostConfig":{"RestartOnUnhealthy":true}}""");
        docker.ok("start", "keep");
        Await.until(() -> docker.ok("logs", "keep").lines().count() >= 2);
        RawHttp.Answer inspected = http.send("GET", "/containers/keep/json", "", "");
        assertTrue(inspected.body().contains("\"RestartOnUnhealthy\":true"), inspected.body());
    }

    @Test
    void priokCommand_hasTheFlags() {
        Docker priok = SharedDaemon.get().priok();
        priok.ok(
                "create",
                "--name",
                "keep",
                "--restart-on-unhealthy",
                "--restart",
                "always",
                "--restart-delay",
                "2s",
                "--restart-max-delay",
                "1m",
                "--restart-reset",
                "30s",
                "--start-timeout",
                "5s",
                Busybox.IMAGE,
                "true");
        String body = http.send("GET", "/containers/keep/json", "", "").body();
        for (String member : new String[] {
            "\"RestartOnUnhealthy\":true",
            "\"RestartDelay\":2000000000",
            "\"RestartMaxDelay\":60000000000",
            "\"RestartReset\":30000000000",
            "\"StartTimeout\":5000000000"
        }) {
            assertTrue(body.contains(member), member + " is not in " + body);
        }
    }

    @Test
    void restartDelays_areTunable() {
        docker.ok(
                "run",
                "-d",
                "--name",
                "keep",
                "--restart",
                "always",
                "--label",
                "priok.restart-delay=10ms",
                "--label",
                "priok.restart-max-delay=20ms",
                "--label",
                "priok.restart-reset=1h",
                Busybox.IMAGE,
                "true");
        Instant started = Instant.now();
        // By Docker's delays the tenth restart comes after a minute and a half.
        Await.until(() -> Integer.parseInt(inspect("{{.RestartCount}}")) >= 10);
        assertTrue(Duration.between(started, Instant.now()).toSeconds() < 60);
        docker.ok("rm", "-f", "keep");
        Program.Result bad = docker.run("create", "--label", "priok.restart-delay=soon", Busybox.IMAGE, "true");
        assertTrue(bad.err().contains("invalid label priok.restart-delay=soon"), bad.err());
    }
}
