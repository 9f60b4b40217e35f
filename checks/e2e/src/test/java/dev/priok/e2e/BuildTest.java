package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code docker build}, the classic builder. */
@ExtendWith(SharedDaemon.class)
class BuildTest {
    private static Docker docker;

    @TempDir
    Path dir;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
    }

    private Program.Result build(String dockerfile, String... flags) throws IOException {
        Files.writeString(dir.resolve("Dockerfile"), dockerfile);
        List<String> line = new ArrayList<>(List.of("build"));
        line.addAll(List.of(flags));
        line.add(dir.toString());
        return docker.run(line.toArray(String[]::new));
    }

    @Test
    void instructions_makeTheImage() throws IOException {
        Files.writeString(dir.resolve("a.txt"), "a");
        Files.createDirectories(dir.resolve("sub"));
        Files.writeString(dir.resolve("sub/b.txt"), "b");
        Files.writeString(dir.resolve("ignored.log"), "no");
        Files.writeString(dir.resolve(".dockerignore"), "*.log\n");
        build("""
                        ARG WHO=nobody
                        FROM bb AS first
                        ARG WHO
                        ENV GREETING="hello $WHO" \\
                            OTHER=x
                        RUN echo "$GREETING" > /greeting
                        SHELL ["/bin/sh", "-ec"]
                        RUN <<EOF
                        echo one > /lines
                        echo two >> /lines
                        EOF

                        FROM first
                        LABEL who=$WHO a="b c"
                        WORKDIR /work/dir
                        COPY --chown=app:app --chmod=640 a.txt sub/ ./
                        COPY . /all/
                        COPY --from=first /lines /copied
                        USER app
                        EXPOSE 80/tcp
                        VOLUME /data
                        STOPSIGNAL SIGQUIT
                        HEALTHCHECK --interval=5s CMD true
                        ENTRYPOINT ["sh", "-c"]
                        CMD ["cat /greeting /copied; stat -c '%U %a' a.txt; ls /all; pwd"]
                        """, "-t", "built:1", "--build-arg", "WHO=world", "--label", "extra=1")
                .ok();
        assertEquals(
                "hello world\none\ntwo\napp 640\nDockerfile\na.txt\nsub\n/work/dir",
                docker.ok("run", "--rm", "built:1"));
        assertEquals(
                "SIGQUIT 1 b c",
                docker.ok(
                        "inspect",
                        "-f",
                        "{{.Config.StopSignal}} {{.Config.Labels.extra}} {{.Config.Labels.a}}",
                        "built:1"));
        docker.ok("rmi", "built:1");
    }

    @Test
    void stageThatIsNotNeededAgain_beginsWithItsBaseAllTheSame() throws IOException {
        String dockerfile = "FROM bb AS build\nWORKDIR /src\nFROM bb\nCOPY --from=build /src /src\n";
        String first = build(dockerfile, "-t", "begins:1").ok().out();
        String second = build(dockerfile, "-t", "begins:1").ok().out();
        assertEquals(first, second.replace(" ---> Using cache\n", ""));
        docker.ok("rmi", "begins:1");
    }

    @Test
    void cache_isKeyedByContent() throws IOException {
        Files.writeString(dir.resolve("one"), "1");
        Files.writeString(dir.resolve("two"), "2");
        String dockerfile = "FROM bb\nCOPY one /\nRUN cat /one > /copy\nCOPY two /\n";
        String first = build(dockerfile, "-t", "cached:1").ok().out();
        assertFalse(first.contains("Using cache"), first);
        Files.setLastModifiedTime(dir.resolve("one"), java.nio.file.attribute.FileTime.fromMillis(1_000_000));
        String second = build(dockerfile, "-t", "cached:1").ok().out();
        assertEquals(3, second.lines().filter(l -> l.contains("Using cache")).count(), second);
        Files.writeString(dir.resolve("two"), "changed");
        String third = build(dockerfile, "-t", "cached:1").ok().out();
        assertEquals(2, third.lines().filter(l -> l.contains("Using cache")).count(), third);
        assertEquals("changed", docker.ok("run", "--rm", "cached:1", "cat", "/two"));
        assertFalse(build(dockerfile, "-t", "cached:1", "--no-cache").ok().out().contains("Using cache"));
        docker.ok("rmi", "cached:1");
    }

    @Test
    void failure_namesTheCommandAndLeavesNothing() throws IOException {
        long before = docker.ok("ps", "-aq").lines().count();
        Program.Result result = build("FROM bb\nRUN echo working; exit 4\n", "-t", "failed:1");
        assertEquals(4, result.exit(), result.err());
        assertTrue(
                result.err().contains("The command '/bin/sh -c echo working; exit 4' returned a non-zero code: 4"),
                result.err());
        assertTrue(result.out().contains("working"), result.out());
        assertEquals(before, docker.ok("ps", "-aq").lines().count());
        assertEquals("", docker.ok("images", "-q", "failed"));
    }

    @Test
    void wrongDockerfiles_areExplained() throws IOException {
        refuses("FROM bb\nRUNN true\n", "unknown instruction: RUNN");
        refuses("", "The Dockerfile (Dockerfile) cannot be empty", "file with no instructions");
        refuses("FROM bb\nCOPY missing /\n", "missing");
        refuses("FROM no-such-image:0\n", "no-such-image");
        refuses("FROM bb\nRUN " + "x".repeat(70_000) + "\n", "dockerfile line greater than max allowed size");
        refuses("FROM bb\nONBUILD ONBUILD RUN true\n", "ONBUILD");
        refuses("FROM bb\nCOPY ../../etc/passwd /\n", "passwd");
    }

    private void refuses(String dockerfile, String... anyOf) throws IOException {
        Program.Result result = build(dockerfile);
        assertEquals(1, result.exit(), result.out() + result.err());
        assertTrue(List.of(anyOf).stream().anyMatch(result.err()::contains), result.err());
    }

    @Test
    void onbuild_runsInTheChild() throws IOException {
        build("FROM bb\nONBUILD COPY child.txt /\nONBUILD RUN cat /child.txt > /seen\n", "-t", "parent:1")
                .ok();
        Files.writeString(dir.resolve("child.txt"), "child");
        build("FROM parent:1\n", "-t", "child:1").ok();
        assertEquals("child", docker.ok("run", "--rm", "child:1", "cat", "/seen"));
        docker.ok("rmi", "child:1", "parent:1");
    }

    @Test
    void run_isIsolatedAsContainersAre() throws IOException {
        String out = build("FROM bb\nRUN grep -E 'CapEff|Seccomp:' /proc/self/status; ls /proc | grep -c '^[0-9]'\n")
                .ok()
                .out();
        assertTrue(out.contains("00000000a80425fb"), out);
        assertTrue(out.contains("Seccomp:\t2"), out);
    }
}
