package dev.priok.it;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import dev.priok.build.BuildEvent;
import dev.priok.build.BuildExtras;
import dev.priok.build.BuildRequest;
import dev.priok.build.Builder;
import dev.priok.build.BuilderParts;
import dev.priok.build.CancelSignal;
import dev.priok.build.Executor;
import dev.priok.build.ProcessSpec;
import dev.priok.build.RunSettings;
import dev.priok.build.Secret;
import dev.priok.content.ContentStore;
import dev.priok.core.ImageReference;
import dev.priok.core.Leases;
import dev.priok.core.Platform;
import dev.priok.database.Database;
import dev.priok.image.Image;
import dev.priok.image.ImageStore;
import dev.priok.image.Import;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.CgroupJoin;
import dev.priok.runtime.ContainerRuntime;
import dev.priok.runtime.Rootfs;
import dev.priok.runtime.RuntimeProcess;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import dev.priok.snapshot.Mount;
import dev.priok.snapshot.Snapshotter;
import dev.priok.snapshot.Tree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.random.RandomGenerator;

/** A builder with real parts in a scratch folder and an image {@code bb}; it can be closed and opened again. */
final class BuildBox implements AutoCloseable {
    private final Path folder;
    private final Leases leases = new Leases();
    private Database database;
    private ContentStore content;
    private Snapshotter snapshotter;
    private ImageStore images;
    private ContainerRuntime runtime;
    private Builder builder;
    private int states;

    final List<BuildEvent> events = new ArrayList<>();
    BuildExtras extras = BuildExtras.NONE;
    CancelSignal cancel = new CancelSignal();
    Map<String, Secret> secrets = Map.of();

    BuildBox(Path folder) throws IOException {
        this.folder = folder;
        open();
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (TarWriter out = new TarWriter(tar)) {
            byte[] busybox = Files.readAllBytes(Box.BUSYBOX);
            out.put(TarEntry.file("bin/busybox", 0755, busybox.length, 1), busybox);
            for (String name : List.of("sh", "cat", "rm", "mkdir", "id", "sleep", "ls", "echo", "test", "cp", "env")) {
                out.put(TarEntry.symbolicLink("bin/" + name, "busybox", 1));
            }
            byte[] users =
                    "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n".getBytes(StandardCharsets.UTF_8);
            out.put(TarEntry.file("etc/passwd", 0644, users.length, 1), users);
            out.put(TarEntry.symbolicLink("escape", folder.resolve("outside").toString(), 1));
        }
        Files.createDirectories(folder.resolve("outside"));
        images.importRoot(
                new ByteArrayInputStream(tar.toByteArray()),
                new Import(
                        Optional.of(ImageReference.parse("bb").withDefaultTag()), List.of(), "", Platform.current()));
    }

    void open() throws IOException {
        InstantSource clock = InstantSource.system();
        database = Database.open(folder.resolve("priok.db"));
        content = ContentStore.open(folder.resolve("content"), leases);
        snapshotter = Snapshotter.overlay(folder.resolve("snapshots"), database, leases);
        images = ImageStore.open(database, content, snapshotter, leases, clock);
        runtime = ContainerRuntime.open(folder.resolve("runtime"), clock);
        builder = Builder.open(new BuilderParts(
                images,
                java.util.Optional.empty(),
                snapshotter,
                content,
                java.util.Optional.empty(),
                leases,
                database,
                this::run,
                folder.resolve("build"),
                0,
                (_, _) -> {},
                clock,
                RandomGenerator.getDefault()));
    }

    ImageStore images() {
        return images;
    }

    Snapshotter snapshotter() {
        return snapshotter;
    }

    Builder builder() {
        return builder;
    }

    Path folder() {
        return folder;
    }

    /** A context of text files. */
    static byte[] context(Map<String, String> files) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (TarWriter out = new TarWriter(tar)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] bytes = file.getValue().getBytes(StandardCharsets.UTF_8);
                out.put(TarEntry.file(file.getKey(), 0644, bytes.length, 1000), bytes);
            }
        }
        return tar.toByteArray();
    }

    BuildEvent.Ended build(byte[] context, String tag) {
        events.clear();
        return builder.build(
                new BuildRequest(
                        new ByteArrayInputStream(context),
                        "Dockerfile",
                        Optional.empty(),
                        Map.of(),
                        Map.of(),
                        List.of(ImageReference.parse(tag)),
                        Optional.empty(),
                        false,
                        false,
                        secrets,
                        RunSettings.DEFAULT,
                        cancel,
                        extras),
                event -> {
                    synchronized (events) {
                        events.add(event);
                    }
                });
    }

    Image image(String tag) {
        return images.resolve(tag);
    }

    /** The text of a file in an image. */
    String read(String tag, String path) throws IOException {
        try (Tree tree = snapshotter.open(image(tag).config().chainId());
                Fd file = FileCalls.host().openat2(tree.root(), path, OpenFlag.RDONLY, 0, Resolve.INSIDE)) {
            return Files.readString(Path.of(file.procPath()));
        }
    }

    boolean exists(String tag, String path) throws IOException {
        try (Tree tree = snapshotter.open(image(tag).config().chainId())) {
            return FileCalls.host().find(tree.root(), path).isPresent();
        }
    }

    /** What the processes wrote. */
    String output() {
        StringBuilder text = new StringBuilder();
        for (BuildEvent event : events) {
            if (event instanceof BuildEvent.Output(var _, String piece)) {
                text.append(piece);
            }
        }
        return text.toString();
    }

    long cached() {
        return events.stream().filter(e -> e instanceof BuildEvent.StepCached).count();
    }

    /** Runs a process as the daemon would, but without cgroups and a filter of system calls. */
    private int run(ProcessSpec spec, Executor.OutputSink output, CancelSignal signal) throws IOException {
        Mount root = spec.rootfs().getFirst();
        List<MountSpec> mounts = new ArrayList<>(Box.dockerMounts());
        for (ProcessSpec.RunMount mount : spec.mounts()) {
            switch (mount) {
                case ProcessSpec.RunMount.Bind(Path source, String target, boolean readOnly) ->
                    mounts.add(MountSpec.of(target, "bind", source.toString(), "bind", readOnly ? "ro" : "rw"));
                case ProcessSpec.RunMount.Tmpfs(String target, long bytes) ->
                    mounts.add(MountSpec.of(target, "tmpfs", "tmpfs", "size=" + bytes));
            }
        }
        List<String> env = spec.env().entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .toList();
        var process = dev.priok.oci.runtime.ProcessSpec.of(spec.args(), env)
                .withCwd(spec.workingDirectory())
                .withUser(new dev.priok.oci.runtime.ProcessSpec.User(
                        spec.user().uid(), spec.user().gid(), null, spec.user().additionalGids()))
                .withCapabilities(dev.priok.oci.runtime.ProcessSpec.Capabilities.of(Box.DOCKER_CAPABILITIES));
        Path state = Files.createDirectories(folder.resolve("state-" + states++));
        RuntimeProcess started = runtime.start(new StartRequest(
                spec.id(),
                new RuntimeSpec(
                        RuntimeSpec.VERSION, process, null, "build", null, mounts, null, Map.of(), Box.dockerLinux()),
                new Rootfs.Mounted(root.type(), root.source(), root.options()),
                Stdio.Pipes.ofDaemonsLife(false),
                CgroupJoin.NONE,
                Optional.empty(),
                state));
        try (CancelSignal.Registration _ = signal.onCancel(() -> kill(started))) {
            byte[] out = Box.read(started.stdout().orElseThrow()).getBytes(StandardCharsets.UTF_8);
            output.write(BuildEvent.Channel.STDOUT, out, 0, out.length);
            byte[] err = Box.read(started.stderr().orElseThrow()).getBytes(StandardCharsets.UTF_8);
            output.write(BuildEvent.Channel.STDERR, err, 0, err.length);
            int code = Box.status(started).code();
            if (signal.isCancelled()) {
                throw new CancellationException("cancelled");
            }
            return code;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        } finally {
            started.drained();
        }
    }

    private static void kill(RuntimeProcess process) {
        try {
            process.signal(9);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        runtime.close();
        snapshotter.close();
        database.close();
    }
}
