package dev.priok.build.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.CancelSignal;
import dev.priok.core.Failure;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which addresses are reached; fetching itself is tested from outside, with servers. */
class GitFetchTest {
    private static final GitAddress WEB = GitAddress.parse("https://host.example/team/app.git");

    @TempDir
    private Path folder;

    @Test
    void submodules_areWhereAPersonCouldPoint() {
        assertEquals("https://host.example/team/lib.git", GitFetch.moduleAddress(WEB, "lib", "../lib.git"));
        assertEquals("git@other.example:lib.git", GitFetch.moduleAddress(WEB, "lib", "git@other.example:lib.git"));
        assertEquals(
                "ssh://git@host.example/lib.git",
                GitFetch.moduleAddress(GitAddress.parse("git@host.example:app.git"), "lib", "../lib.git"));
        for (String url : new String[] {
            "root@internal:x.git", "ssh+git://internal/x.git", "file:///var/lib/x", "/var/lib/x", "x", "../\u0000"
        }) {
            Failure failure = assertThrows(Failure.class, () -> GitFetch.moduleAddress(WEB, "lib", url), url);
            assertEquals(Failure.Kind.INVALID, failure.kind());
            assertTrue(failure.message().startsWith("submodule lib of https://host.example/team/app.git "), url);
        }
    }

    /** However it is spelled, so that no other key than an agent's is ever used, and nothing of this machine's disk. */
    @Test
    void otherWaysOfJgit_areRefused() throws Exception {
        Path here = folder.resolve("here");
        Git.init().setDirectory(here.toFile()).call().close();
        for (String remote : new String[] {
            "root@127.0.0.1:x.git",
            "ssh+git://root@127.0.0.1:1/x.git",
            "git+ssh://root@127.0.0.1:1/x.git",
            "sftp://root@127.0.0.1:1/x",
            here.toString(),
            "file://" + here
        }) {
            GitFetch fetch = new GitFetch(folder.resolve("s"), Optional.empty(), Optional.empty(), new CancelSignal());
            Failure failure = assertThrows(
                    Failure.class,
                    () -> fetch.write(GitAddress.parse(remote), OutputStream.nullOutputStream()),
                    remote);
            assertTrue(failure.message().contains("cannot be reached"), failure.message());
        }
        GitFetch without = new GitFetch(folder.resolve("s"), Optional.empty(), Optional.empty(), new CancelSignal());
        Failure failure = assertThrows(
                Failure.class,
                () -> without.write(GitAddress.parse("SSH://root@127.0.0.1:1/x"), OutputStream.nullOutputStream()));
        assertTrue(failure.message().contains("no ssh agent default"), failure.message());
    }
}
