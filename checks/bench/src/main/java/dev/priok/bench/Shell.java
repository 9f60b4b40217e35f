package dev.priok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the docker command and the few programs that prepare a measurement. */
final class Shell {
    private Shell() {}

    static void run(Peer peer, String... arguments) throws IOException, InterruptedException {
        run(peer, Map.of("DOCKER_BUILDKIT", "0"), "docker", arguments);
    }

    static void run(Peer peer, Map<String, String> environment, String docker, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(docker));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("DOCKER_HOST", "unix://" + peer.socket());
        finish(builder);
    }

    static void finish(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", builder.command()) + ":\n" + output);
        }
    }

    /** A tar of a root file system with one static binary. */
    static Path busybox(Path scratch) throws IOException, InterruptedException {
        Path tar = scratch.resolve("bb.tar");
        if (!Files.exists(tar)) {
            Path root = scratch.resolve("bb");
            Files.createDirectories(root.resolve("bin"));
            Files.createDirectories(root.resolve("tmp"));
            Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
            for (String applet : List.of("sh", "true", "sleep", "cat", "echo", "ls", "cp", "mkdir", "seq", "dd")) {
                Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
            }
            finish(new ProcessBuilder("tar", "-C", root.toString(), "-cf", tar.toString(), "."));
        }
        return tar;
    }

    /** Removes a scratch folder, what is mounted in it, and the cgroup of that name. */
    static void delete(Path scratch) throws IOException, InterruptedException {
        for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            String mount = line.split(" ")[1];
            if (mount.startsWith(scratch + "/")) {
                finish(new ProcessBuilder("umount", "-l", mount));
            }
        }
        finish(new ProcessBuilder("rm", "-rf", "--one-file-system", scratch.toString()));
    }
}
