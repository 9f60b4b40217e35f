package dev.priok.build.solve;

import dev.priok.build.BuildRequest;
import dev.priok.build.CancelSignal;
import dev.priok.build.Secret;
import dev.priok.build.context.AgentCalls;
import dev.priok.build.context.SpooledTree;
import dev.priok.build.context.TarSpooler;
import dev.priok.build.fetch.GitAddress;
import dev.priok.build.fetch.GitFetch;
import dev.priok.build.fetch.SshAccess;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The files of a git repository as a tree. */
final class GitTree {
    /** The secret that authenticates to git servers, as BuildKit names it. */
    private static final String TOKEN = "GIT_AUTH_TOKEN";

    private static final String DEFAULT_AGENT = "default";

    private GitTree() {}

    /** Fetches them; the caller closes the tree. */
    static SpooledTree fetch(
            BuildRequest request, GitAddress address, SshAgents agents, Path scratch, CancelSignal cancel)
            throws IOException {
        Path folder = Files.createTempDirectory(scratch, "git-");
        try {
            Optional<String> token = Optional.ofNullable(request.secrets().get(TOKEN))
                    .map(Secret::bytes)
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
            Path tar = folder.resolve("files.tar");
            try (OutputStream out = Files.newOutputStream(tar)) {
                var _ = new GitFetch(folder, token, access(agents), cancel).write(address, out);
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
                return TarSpooler.read(in, "git repository " + address.remote(), scratch, false);
            }
        } finally {
            Scratch.delete(folder);
        }
    }

    /** The agent that git over ssh uses: the default one, and no other. */
    static Optional<SshAccess> access(SshAgents agents) {
        return agents.ids().contains(DEFAULT_AGENT)
                ? Optional.of(new SshAccess(() -> new Connection(agents.calls()), agents.knownHosts()))
                : Optional.empty();
    }

    /** To the default agent. */
    private static final class Connection implements SshAccess.Agent {
        private final AgentCalls calls;
        private final int number;

        Connection(AgentCalls calls) {
            this.calls = calls;
            this.number = calls.connect();
        }

        @Override
        public byte[] ask(byte[] message) throws IOException {
            return calls.ask(DEFAULT_AGENT, number, message);
        }

        @Override
        public void close() {
            calls.disconnect(DEFAULT_AGENT, number);
        }
    }
}
