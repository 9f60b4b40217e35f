package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code --link}: variables and names on the default network, names alone on others. */
@ExtendWith(SharedDaemon.class)
class LinkTest {
    private static Docker docker;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
    }

    @AfterEach
    void remove() {
        docker.run("rm", "-f", "link-db", "link-dbs", "link-web");
        docker.run("network", "rm", "link-net");
    }

    @Test
    void link_givesNamesAndVariables() {
        docker.ok(
                "run",
                "-d",
                "--name",
                "link-db",
                "--expose",
                "81",
                "--expose",
                "80",
                "-e",
                "MODE=fast",
                Busybox.IMAGE,
                "sleep",
                "100");
        String address = docker.ok("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "link-db");
        docker.ok(
                "create",
                "--name",
                "link-web",
                "--link",
                "link-db:my-db",
                Busybox.IMAGE,
                "sh",
                "-c",
                "env | sort; cat /etc/hosts; sleep 100");
        docker.ok("rename", "link-db", "link-dbs");
        docker.ok("start", "link-web");
        Await.until(() -> docker.ok("logs", "link-web").contains("my-db"));
        String out = docker.ok("logs", "link-web");
        for (String line : List.of(
                "MY_DB_PORT=tcp://" + address + ":80",
                "MY_DB_PORT_80_TCP=tcp://" + address + ":80",
                "MY_DB_PORT_80_TCP_ADDR=" + address,
                "MY_DB_PORT_80_TCP_PORT=80",
                "MY_DB_PORT_80_TCP_PROTO=tcp",
                "MY_DB_PORT_80_TCP_PORT_START=80",
                "MY_DB_PORT_80_TCP_PORT_END=81",
                "MY_DB_PORT_81_TCP_PORT=81",
                "MY_DB_NAME=/link-web/my-db",
                "MY_DB_ENV_MODE=fast")) {
            assertTrue(out.lines().anyMatch(line::equals), line + " is not in\n" + out);
        }
        assertTrue(out.lines().anyMatch(l -> l.startsWith(address + "\tmy-db ") && l.endsWith(" link-dbs")), out);
        assertEquals("[/link-dbs:/link-web/my-db]", docker.ok("inspect", "-f", "{{.HostConfig.Links}}", "link-web"));
        assertEquals("tcp", docker.ok("exec", "link-web", "sh", "-c", "echo $MY_DB_PORT_80_TCP_PROTO"));
        assertEquals(
                "link-dbs,link-web/my-db",
                docker.ok("ps", "--no-trunc", "--format", "{{.Names}}", "--filter", "name=link-dbs"));
        assertEquals("/link-dbs", docker.ok("inspect", "-f", "{{.Name}}", "link-web/my-db"));
        docker.ok("rm", "--link", "link-web/my-db");
        assertEquals("[]", docker.ok("inspect", "-f", "{{.HostConfig.Links}}", "link-web"));
        assertEquals("link-dbs", docker.ok("ps", "--no-trunc", "--format", "{{.Names}}", "--filter", "name=link-dbs"));
        Program.Result gone = docker.run("rm", "--link", "link-web/my-db");
        assertEquals(1, gone.exit());
        assertTrue(gone.err().contains("No such link: /link-web/my-db"), gone.err());
    }

    @Test
    void link_toWhatIsNotThere_isRefused() {
        Program.Result missing = docker.run("create", "--link", "nobody:x", Busybox.IMAGE, "true");
        assertNotEquals(0, missing.exit());
        assertTrue(
                missing.err().contains("could not get container for nobody: No such container: nobody"), missing.err());
        docker.ok("create", "--name", "link-db", Busybox.IMAGE, "true");
        docker.ok("create", "--name", "link-web", "--link", "link-db", Busybox.IMAGE, "true");
        Program.Result stopped = docker.run("start", "link-web");
        assertTrue(stopped.err().contains("Cannot link to a non running container: /link-db AS "), stopped.err());
    }

    @Test
    void link_onAUsersNetwork_isAName() {
        docker.ok("network", "create", "link-net");
        docker.ok("run", "-d", "--name", "link-db", "--network", "link-net", Busybox.IMAGE, "sleep", "100");
        String out = docker.ok(
                "run",
                "--rm",
                "--name",
                "link-web",
                "--network",
                "link-net",
                "--link",
                "link-db:other",
                Busybox.IMAGE,
                "sh",
                "-c",
                "nslookup other 127.0.0.11; env");
        String address =
                docker.ok("inspect", "-f", "{{(index .NetworkSettings.Networks \"link-net\").IPAddress}}", "link-db");
        assertTrue(out.contains(address), out);
        assertTrue(!out.contains("OTHER_PORT"), out);
    }
}
