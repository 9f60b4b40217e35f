package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the layers of built images are, to the byte. */
@ExtendWith(SharedDaemon.class)
class BuildLayersTest {
    private static final String LINKED = """
            FROM bb AS made
            RUN mkdir /out && echo made > /out/made && ln /out/made /out/again
            FROM bb
            RUN mkdir -m 711 /opt && echo %s > /opt/below
            COPY --link file /opt/app/
            COPY --link --from=made /out /opt/out
            RUN cat /opt/below /opt/app/file /opt/out/again > /seen
            """;

    private static final String WHOLE = """
            FROM bb AS made
            WORKDIR /made
            RUN for i in 3 1 2; do echo $i > file$i; done; ln file1 link; ln -s file2 soft
            FROM bb
            COPY . /all
            COPY --from=made /made /made
            COPY --link --chown=5:6 sub /sub
            RUN touch /touched && chmod 600 /all/b
            ENV A=b
            CMD ["true"]
            """;

    private static Docker docker;

    @TempDir
    Path dir;

    @BeforeAll
    static void find() {
        docker = SharedDaemon.get().docker();
    }

    private static Program.Result build(Docker command, Path context, String dockerfile, String tag)
            throws IOException {
        Files.writeString(context.resolve("Dockerfile"), dockerfile);
        return command.run("build", "-t", tag, context.toString()).ok();
    }

    private static List<String> layers(String image) {
        return Arrays.asList(docker.ok("inspect", "-f", "{{join .RootFS.Layers \" \"}}", image)
                .split(" "));
    }

    @Test
    void linkedCopies_areTheSameLayersOnWhateverIsBelow() throws IOException {
        Files.writeString(dir.resolve("file"), "content\n");
        build(docker, dir, LINKED.formatted("one"), "linked:1");
        Program.Result second = build(docker, dir, LINKED.formatted("two"), "linked:2");
        assertEquals("two\ncontent\nmade", docker.ok("run", "--rm", "linked:2", "cat", "/seen"));
        assertTrue(second.out().matches("(?s).*COPY --link file /opt/app/\\s+---> Using cache.*"), second.out());
        List<String> before = layers("linked:1");
        List<String> after = layers("linked:2");
        assertNotEquals(before.get(before.size() - 4), after.get(after.size() - 4));
        assertEquals(
                before.subList(before.size() - 3, before.size() - 1),
                after.subList(after.size() - 3, after.size() - 1));
        // What is shared lives on when the first image and all caches are gone, and goes to others as it is.
        docker.ok("rmi", "linked:1");
        docker.ok("builder", "prune", "-af");
        Path saved = dir.resolve("linked.tar");
        docker.ok("save", "-o", saved.toString(), "linked:2");
        docker.ok("rmi", "linked:2");
        docker.ok("load", "-i", saved.toString());
        assertEquals(after, layers("linked:2"));
        // Names for one file are names for one file again, and the copy's own folders cover those below.
        assertEquals(
                "2 made 755 two",
                docker.ok(
                        "run",
                        "--rm",
                        "linked:2",
                        "sh",
                        "-c",
                        "echo $(find /opt/out -samefile /opt/out/made | wc -l) $(cat /opt/out/again)"
                                + " $(stat -c %a /opt) $(cat /opt/below)"));
    }

    /** The same files, made in another order, at another time, by somebody with another umask. */
    private static void context(Path folder, boolean other) throws IOException {
        Files.createDirectories(folder.resolve("sub/deep"));
        Stream<String> names = Stream.of("a", "b", "sub/c", "sub/deep/d");
        for (String name : (other ? names.sorted(Comparator.reverseOrder()) : names).toList()) {
            Files.writeString(folder.resolve(name), "content of " + name);
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                String permissions = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
                String wider = permissions.replace("r-x", "rwx").replace("r--", "rw-");
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(other ? wider : permissions));
                Files.setLastModifiedTime(
                        path, FileTime.from(Instant.ofEpochSecond(other ? 1_000_000_000 : 1_700_000_000)));
                Files.setAttribute(path, "unix:uid", other ? 1000 : 0);
                Files.setAttribute(path, "unix:gid", other ? 1001 : 0);
            }
        }
    }

    @Test
    void sameInputs_giveTheSameImageInAnotherRootAtAnotherTimeByAnotherUser() throws IOException {
        Path first = dir.resolve("first");
        Path second = dir.resolve("a longer name/second");
        context(first, false);
        context(second, true);
        build(SharedDaemon.get().priok(), first, WHOLE, "same:1");
        String id = docker.ok("inspect", "-f", "{{.Id}}", "same:1");
        try (TestDaemon elsewhere = TestDaemon.start()) {
            Path base = dir.resolve("base.tar");
            docker.ok("save", "-o", base.toString(), Busybox.IMAGE);
            elsewhere.docker().ok("load", "-i", base.toString());
            build(elsewhere.priok(), second, WHOLE, "same:1");
            assertEquals(id, elsewhere.docker().ok("inspect", "-f", "{{.Id}}", "same:1"));
        }
    }
}
