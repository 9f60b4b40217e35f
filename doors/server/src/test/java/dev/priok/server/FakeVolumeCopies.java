package dev.priok.server;

import dev.priok.core.Credentials;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.engine.VolumeCopies;
import dev.priok.engine.Volumes.VolumeView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Copies of volumes as what they were asked for. */
final class FakeVolumeCopies implements VolumeCopies {
    final List<String> calls = new CopyOnWriteArrayList<>();
    private final FakeVolumes volumes;

    FakeVolumeCopies(FakeVolumes volumes) {
        this.volumes = volumes;
    }

    @Override
    public List<Snapshot> list(String volume) {
        calls.add("list " + volume);
        return List.of(new Snapshot("db", "one", FakeContainers.CREATED, 2, 30, 4));
    }

    @Override
    public Snapshot take(String volume, String name) {
        calls.add("take " + volume + " " + name);
        return new Snapshot(volumes.inspect(volume).name(), name, FakeContainers.CREATED, 2, 30, 4);
    }

    @Override
    public void remove(String volume, String snapshot) {
        calls.add("remove " + volume + " " + snapshot);
    }

    @Override
    public VolumeView restore(String volume, String snapshot) {
        calls.add("restore " + volume + " " + snapshot);
        return volumes.create(volume, "", Map.of(), Map.of());
    }

    @Override
    public VolumeView copy(String volume, String snapshot, String name) {
        calls.add("copy " + volume + " " + snapshot + " " + name);
        return volumes.create(name, "", Map.of(), Map.of());
    }

    @Override
    public void pack(String volume, String snapshot, OutputStream out) throws IOException {
        if (volume.equals("none")) {
            throw Failure.notFound("get none: no such volume");
        }
        out.write(("tar of " + volume + " " + snapshot).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public VolumeView unpack(String volume, InputStream tar) {
        try {
            calls.add("unpack " + volume + " " + new String(tar.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw Failure.internal(e, "unpack");
        }
        return volumes.create(volume, "", Map.of(), Map.of());
    }

    @Override
    public Digest push(String volume, String snapshot, String reference, Credentials credentials) {
        calls.add("push " + volume + " " + snapshot + " " + reference);
        return Digest.sha256(new byte[0]);
    }

    @Override
    public VolumeView pull(String volume, String reference, Credentials credentials) {
        calls.add("pull " + volume + " " + reference);
        return volumes.create(volume, "", Map.of(), Map.of());
    }
}
