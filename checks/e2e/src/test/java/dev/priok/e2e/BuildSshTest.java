package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.UploadPack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Keys of ssh in builds: they stay with the client, whose agent is asked by steps and for git repositories. */
@ExtendWith(SharedDaemon.class)
class BuildSshTest {
    private static final Path SSH_ADD = Path.of("/usr/bin/ssh-add");
    private static final Path SSH_AGENT = Path.of("/usr/bin/ssh-agent");

    private static Docker docker;
    private static KeyPair edwards;
    private static KeyPair rsa;
    private static KeyPair elliptic;
    private static KeyPair host;

    @TempDir
    Path dir;

    private SshServer server;
    private String code;

    @BeforeAll
    static void make() throws GeneralSecurityException {
        docker = SharedDaemon.get().docker();
        edwards = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        rsa = KeyUtils.generateKeyPair(KeyPairProvider.SSH_RSA, 2048);
        elliptic = KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP384, 384);
        host = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
    }

    @BeforeEach
    void serve() throws IOException, GitAPIException {
        Files.createDirectories(dir.resolve("context"));
        Files.createDirectories(dir.resolve("home/.ssh"));
        Path repository = dir.resolve("code");
        try (Git git = Git.init()
                .setDirectory(repository.toFile())
                .setInitialBranch("main")
                .call()) {
            Files.writeString(repository.resolve("Dockerfile"), "FROM bb\nCOPY page /page\n");
            Files.writeString(repository.resolve("page"), "by ssh");
            git.add().addFilepattern(".").call();
            git.commit()
                    .setMessage("first")
                    .setAuthor("a", "a@example.com")
                    .setCommitter("a", "a@example.com")
                    .setSign(false)
                    .call();
        }
        server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPublickeyAuthenticator((_, key, _) ->
                List.of(edwards, rsa, elliptic).stream().anyMatch(pair -> KeyUtils.compareKeys(pair.getPublic(), key)));
        server.setCommandFactory((_, command) -> new Upload(command, repository));
        server.start();
        code = "ssh://git@127.0.0.1:" + server.getPort() + "/code.git";
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(true);
    }

    /** What git asks a server to run. */
    private static final class Upload implements Command {
        private final String line;
        private final Path repository;
        private InputStream in = InputStream.nullInputStream();
        private OutputStream out = OutputStream.nullOutputStream();
        private OutputStream err = OutputStream.nullOutputStream();
        private ExitCallback exit = (_, _, _) -> {};

        Upload(String line, Path repository) {
            this.line = line;
            this.repository = repository;
        }

        @Override
        public void setInputStream(InputStream stream) {
            in = stream;
        }

        @Override
        public void setOutputStream(OutputStream stream) {
            out = stream;
        }

        @Override
        public void setErrorStream(OutputStream stream) {
            err = stream;
        }

        @Override
        public void setExitCallback(ExitCallback callback) {
            exit = callback;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) {
            Thread.ofPlatform().daemon().start(() -> {
                int code = 1;
                try (Repository opened = Git.open(repository.toFile()).getRepository()) {
                    if (line.equals("git-upload-pack '/code.git'")) {
                        new UploadPack(opened).upload(in, out, err);
                        code = 0;
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                } finally {
                    exit.onExit(code);
                }
            });
        }

        @Override
        public void destroy(ChannelSession channel) {
            // The upload ends with its streams.
        }
    }

    private Path keyFile(String name, KeyPair pair) throws IOException, GeneralSecurityException {
        Path file = dir.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, name, null, out);
        }
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private void knowHost(KeyPair pair) throws IOException {
        Files.writeString(
                dir.resolve("home/.ssh/known_hosts"),
                "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(pair.getPublic()) + "\n");
    }

    private Program.Result priok(Map<String, String> more, String... arguments) {
        Docker priok = SharedDaemon.get().priok();
        Map<String, String> environment = new HashMap<>(priok.environment());
        environment.put("HOME", dir.resolve("home").toString());
        environment.putAll(more);
        return new Docker(priok.program(), environment).run(arguments);
    }

    private Program.Result build(String dockerfile, String... flags) throws IOException {
        Files.writeString(dir.resolve("context/Dockerfile"), dockerfile);
        List<String> line = new ArrayList<>(List.of("build", "-t", "ssh:1"));
        line.addAll(List.of(flags));
        line.add(dir.resolve("context").toString());
        return priok(Map.of(), line.toArray(String[]::new));
    }

    @Test
    void git_isReachedWithTheClientsKeys() throws IOException, GeneralSecurityException {
        knowHost(host);
        build("FROM bb\nADD " + code + " /added\n", "--ssh", "default=" + keyFile("edwards", edwards))
                .ok();
        assertEquals("by ssh", docker.ok("run", "--rm", "ssh:1", "cat", "/added/page"));
        // The whole context, and a further one.
        priok(Map.of(), "build", "-t", "ssh:1", "--ssh", "default=" + keyFile("rsa", rsa), code + "#main")
                .ok();
        assertEquals("by ssh", docker.ok("run", "--rm", "ssh:1", "cat", "/page"));
        build(
                        "FROM bb\nCOPY --from=more /page /more\n",
                        "--ssh",
                        "default=" + keyFile("elliptic", elliptic),
                        "--build-context",
                        "more=" + code)
                .ok();
        assertEquals("by ssh", docker.ok("run", "--rm", "ssh:1", "cat", "/more"));
    }

    @Test
    void git_isRefused_withoutAnAgent_withAnotherKey_andFromAnUnknownServer()
            throws IOException, GeneralSecurityException {
        knowHost(host);
        String dockerfile = "FROM bb\nADD " + code + " /refused\n";
        Files.writeString(dir.resolve("context/Dockerfile"), dockerfile);
        Program.Result classic = docker.run("build", dir.resolve("context").toString());
        assertTrue(
                classic.err().contains("the build was given no ssh agent default: priok build --ssh default"),
                classic.err());
        Program.Result named = build(dockerfile, "--ssh", "other=" + keyFile("other", rsa));
        assertTrue(named.err().contains("given no ssh agent default"), named.err());
        KeyPair stranger = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        Program.Result other = build(dockerfile, "--ssh", "default=" + keyFile("stranger", stranger));
        assertTrue(other.err().contains("cannot fetch git repository " + code), other.err());
        String known = "default=" + keyFile("known", rsa);
        knowHost(stranger);
        Program.Result changed = build(dockerfile, "--ssh", known);
        assertTrue(changed.err().contains("cannot fetch git repository " + code), changed.err());
        Files.delete(dir.resolve("home/.ssh/known_hosts"));
        Program.Result unknown = build(dockerfile, "--ssh", known);
        assertTrue(unknown.err().contains("cannot fetch git repository " + code), unknown.err());
    }

    @Test
    void mounts_haveTheSocketAsAskedFor() throws IOException, GeneralSecurityException {
        String key = keyFile("key", edwards).toString();
        build(
                        "FROM bb\nRUN --mount=type=ssh,mode=0640,uid=7,gid=8 --mount=type=ssh,id=two,target=/two"
                                + " test -S $SSH_AUTH_SOCK && stat -c '%a %u %g' $SSH_AUTH_SOCK /two > /seen"
                                + " && echo $SSH_AUTH_SOCK >> /seen\n"
                                + "RUN --mount=type=ssh,id=three echo \"none: $SSH_AUTH_SOCK\" >> /seen\n",
                        "--ssh", "default=" + key, "--ssh", "two=" + key)
                .ok();
        assertEquals(
                "640 7 8\n600 0 0\n/run/buildkit/ssh_agent.0\nnone:",
                docker.ok("run", "--rm", "ssh:1", "sh", "-c", "cat /seen; ls /two /run/buildkit 2> /dev/null || true")
                        .strip());
        Program.Result required = build("FROM bb\nRUN --mount=type=ssh,required true\n");
        assertTrue(required.err().contains("ssh agent default is required"), required.err());
        Program.Result broken = build("FROM bb\n", "--ssh", "default=" + dir.resolve("context/Dockerfile"));
        assertTrue(broken.err().contains("is no private key in OpenSSH's form"), broken.err());
        assertNotEquals(
                0,
                priok(Map.of("SSH_AUTH_SOCK", ""), "build", "--ssh", "default", ".")
                        .exit());
    }

    @Test
    void steps_askTheAgent() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(SSH_ADD) && Files.isExecutable(SSH_AGENT), "no openssh-client");
        copied(SSH_ADD);
        String dockerfile = "FROM bb\nCOPY program /\nRUN --mount=type=ssh " + SSH_ADD + " -L > /keys && " + SSH_ADD
                + " -T /public\n";
        String listed = PublicKeyEntry.toString(edwards.getPublic());
        Files.writeString(dir.resolve("context/program/public"), listed + " key\n");
        Path key = keyFile("key", edwards);
        build(dockerfile, "--ssh", "default=" + key).ok();
        assertEquals(listed + " key", docker.ok("run", "--rm", "ssh:1", "cat", "/keys"));
        // The same by an agent that runs, and that signs for the step.
        // Below the daemon's root, so that what a killed run leaves of it is found.
        Path socket = SharedDaemon.get().root().resolve("agent");
        Process agent = new ProcessBuilder(SSH_AGENT.toString(), "-D", "-a", socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("agent.log").toFile())
                .start();
        try {
            Await.until(() -> Files.exists(socket));
            Map<String, String> address = Map.of("SSH_AUTH_SOCK", socket.toString());
            Program.run(
                            address,
                            new byte[0],
                            List.of(
                                    SSH_ADD.toString(),
                                    "-q",
                                    keyFile("second", rsa).toString()))
                    .ok();
            Files.writeString(
                    dir.resolve("context/program/public"), PublicKeyEntry.toString(rsa.getPublic()) + " second\n");
            priok(
                            address,
                            "build",
                            "-t",
                            "ssh:1",
                            "--ssh",
                            "default",
                            dir.resolve("context").toString())
                    .ok();
            assertTrue(docker.ok("run", "--rm", "ssh:1", "cat", "/keys")
                    .startsWith(PublicKeyEntry.toString(rsa.getPublic())));
        } finally {
            agent.destroy();
            agent.waitFor();
        }
    }

    /** Copies a program of the host and the libraries that it needs into the context, at the same places. */
    private void copied(Path program) throws IOException {
        String libraries = new String(
                Program.run(Map.of(), new byte[0], List.of("ldd", program.toString()))
                        .ok()
                        .bytes(),
                StandardCharsets.UTF_8);
        List<Path> files = new ArrayList<>(List.of(program));
        for (String word : libraries.split("\\s+")) {
            if (word.startsWith("/")) {
                files.add(Path.of(word));
            }
        }
        for (Path file : files) {
            Path target = dir.resolve("context/program").resolve(file.toString().substring(1));
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
        }
    }
}
