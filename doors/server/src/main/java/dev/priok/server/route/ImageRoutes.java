package dev.priok.server.route;

import dev.priok.core.Failure;
import dev.priok.engine.Images;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Images. */
final class ImageRoutes {
    private final Images images;

    private ImageRoutes(Images images) {
        this.images = images;
    }

    static void add(RouteTable table, Images images) {
        var routes = new ImageRoutes(images);
        table.add("GET", "/images/json", routes::list)
                .add("GET", "/images/get", routes::saveMany)
                .add("POST", "/images/create", routes::create)
                .add("POST", "/images/load", routes::load)
                .add("POST", "/images/prune", routes::prune)
                .add("GET", "/images/{name*}/json", routes::inspect)
                .add("GET", "/images/{name*}/history", routes::history)
                .add("GET", "/images/{name*}/get", routes::saveOne)
                .add("POST", "/images/{name*}/tag", routes::tag)
                .add("DELETE", "/images/{name*}", routes::remove);
    }

    private void list(Call call) throws IOException {
        call.answer(images.list(call.flag("all"), call.flag("shared-size"), call.filters()).stream()
                .map(image -> ImageDocs.summary(image, call.version()))
                .toList());
    }

    private void inspect(Call call) throws IOException {
        call.answer(ImageDocs.inspect(images.inspect(call.name("name")), call.version()));
    }

    private void history(Call call) throws IOException {
        call.answer(images.history(call.name("name")).stream()
                .map(ImageDocs::history)
                .toList());
    }

    private void tag(Call call) throws IOException {
        images.tag(call.name("name"), call.query("repo"), call.query("tag"));
        call.exchange().send(201);
    }

    private void remove(Call call) throws IOException {
        if (call.name("name").isBlank()) {
            throw Failure.invalid("image name cannot be blank");
        }
        call.answer(images.remove(call.name("name"), call.flag("force"), call.flag("noprune")).stream()
                .map(ImageDocs::deleted)
                .toList());
    }

    private void prune(Call call) throws IOException {
        Images.Pruned pruned = images.prune(call.filters());
        call.answer(new Doc()
                .with(
                        "ImagesDeleted",
                        pruned.deleted().stream().map(ImageDocs::deleted).toList())
                .with("SpaceReclaimed", pruned.reclaimedBytes()));
    }

    private void saveOne(Call call) throws IOException {
        save(call, List.of(call.name("name")));
    }

    private void saveMany(Call call) throws IOException {
        List<String> names = call.exchange().queryAll("names");
        if (names.isEmpty()) {
            throw Failure.invalid("no images to save: give at least one 'names'");
        }
        save(call, names);
    }

    private void save(Call call, List<String> names) throws IOException {
        images.save(names, call.exchange().stream(200, Call.TAR));
    }

    /** Tells errors in band, always: clients read this answer while they still send. */
    private void load(Call call) throws IOException {
        var progress = new ProgressStream(call.exchange());
        try {
            images.load(call.exchange().body(), line -> progress.text(line + "\n"));
        } catch (Failure failure) {
            progress.error(0, failure.message());
        } catch (java.io.UncheckedIOException e) {
            throw new IOException(e);
        }
        call.exchange().drain(BuildRoutes.MAX_UNREAD_BYTES);
        if (!progress.begun()) {
            call.exchange().send(200, Call.JSON, new byte[0]);
        }
    }

    private void create(Call call) throws IOException {
        if (!call.query("fromImage").isEmpty()) {
            RegistryRoutes.pull(images, call);
        } else if (call.query("fromSrc").equals("-")) {
            importTar(call);
        } else if (call.query("fromSrc").isEmpty()) {
            throw Failure.invalid("neither fromImage nor fromSrc is given");
        } else {
            importFrom(call, address(call.query("fromSrc")));
        }
    }

    /** Where a tar lies; without a scheme it is http, as in Docker. */
    private static URI address(String text) {
        try {
            URI address = new URI(text.contains("://") ? text : "http://" + text);
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https")) && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid address to import from: " + e.getMessage(), e);
        }
        throw Failure.invalid("cannot import from %s: want an http or https address", text);
    }

    private void importFrom(Call call, URI address) throws IOException {
        Images.ImportRequest request = importRequest(call);
        var progress = new ProgressStream(call.exchange());
        progress.run(() -> {
            progress.send(new Doc().with("status", "Downloading from " + address));
            progress.send(new Doc().with("status", images.importFrom(address, request)));
        });
    }

    private static Images.ImportRequest importRequest(Call call) {
        var changes = new ArrayList<String>();
        call.exchange().queryAll("changes").forEach(text -> text.lines().forEach(changes::add));
        String given = call.query("message");
        String message = given.isEmpty() ? "Imported from " + call.query("fromSrc") : given;
        return new Images.ImportRequest(call.query("repo"), call.query("tag"), message, changes, call.platform());
    }

    private void importTar(Call call) throws IOException {
        Images.ImportRequest request = importRequest(call);
        var progress = new ProgressStream(call.exchange());
        progress.run(() -> {
            try {
                String id = images.importTar(call.exchange().body(), request);
                progress.send(new Doc().with("status", id));
            } finally {
                // Also after a refusal: a client that still sends must read the reason, not a broken pipe.
                call.exchange().drain(BuildRoutes.MAX_UNREAD_BYTES);
            }
        });
    }
}
