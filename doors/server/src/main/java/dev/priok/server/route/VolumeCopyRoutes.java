package dev.priok.server.route;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.engine.VolumeCopies;
import dev.priok.engine.VolumeCopies.Snapshot;
import dev.priok.engine.Volumes;
import java.io.IOException;

/** Snapshots, clones and backups of volumes, which Docker's API does not have. */
final class VolumeCopyRoutes {
    private final VolumeCopies copies;

    private VolumeCopyRoutes(VolumeCopies copies) {
        this.copies = copies;
    }

    static void add(RouteTable table, VolumeCopies copies) {
        var routes = new VolumeCopyRoutes(copies);
        table.add("GET", "/priok/volumes/snapshots", routes::list)
                .add("POST", "/priok/volumes/{name}/snapshots", routes::take)
                .add("DELETE", "/priok/volumes/{name}/snapshots/{snapshot}", routes::remove)
                .add("POST", "/priok/volumes/{name}/restore", routes::restore)
                .add("POST", "/priok/volumes/{name}/clone", routes::copy)
                .add("GET", "/priok/volumes/{name}/archive", routes::pack)
                .add("PUT", "/priok/volumes/{name}/archive", routes::unpack)
                .add("POST", "/priok/volumes/{name}/push", routes::push);
    }

    private void list(Call call) throws IOException {
        call.answer(copies.list(call.query("volume")).stream()
                .map(VolumeCopyRoutes::document)
                .toList());
    }

    private void take(Call call) throws IOException {
        call.answer(201, document(copies.take(call.name("name"), call.query("name"))));
    }

    private void remove(Call call) throws IOException {
        copies.remove(call.name("name"), call.name("snapshot"));
        call.done();
    }

    /** From a snapshot, or from a backup in a registry. */
    private void restore(Call call) throws IOException {
        String volume = call.name("name");
        String snapshot = call.query("snapshot");
        String reference = call.query("reference");
        if (snapshot.isEmpty() == reference.isEmpty()) {
            throw Failure.invalid("restore %s: either a snapshot or the reference of a backup has to be named", volume);
        }
        call.answer(VolumeRoutes.document(
                snapshot.isEmpty()
                        ? copies.pull(volume, reference, RegistryAuth.of(call))
                        : copies.restore(volume, snapshot)));
    }

    private void copy(Call call) throws IOException {
        call.answer(
                201, VolumeRoutes.document(copies.copy(call.name("name"), call.query("snapshot"), call.query("name"))));
    }

    private void pack(Call call) throws IOException {
        copies.pack(call.name("name"), call.query("snapshot"), call.exchange().stream(200, Call.TAR));
    }

    private void unpack(Call call) throws IOException {
        Volumes.VolumeView restored =
                copies.unpack(call.name("name"), call.exchange().body());
        call.exchange().drain(Long.MAX_VALUE);
        call.answer(VolumeRoutes.document(restored));
    }

    private void push(Call call) throws IOException {
        String reference = call.query("reference");
        if (reference.isEmpty()) {
            throw Failure.invalid("backup %s: no reference is named", call.name("name"));
        }
        Digest digest = copies.push(call.name("name"), call.query("snapshot"), reference, RegistryAuth.of(call));
        call.answer(new Doc().with("Digest", digest.toString()));
    }

    private static Doc document(Snapshot snapshot) {
        return new Doc()
                .with("Volume", snapshot.volume())
                .with("Name", snapshot.name())
                .with("CreatedAt", GoTime.text(snapshot.created()))
                .with("Files", snapshot.files())
                .with("Size", snapshot.bytes())
                .with("CopiedSize", snapshot.copiedBytes());
    }
}
