package dev.priok.server.route;

import dev.priok.api.AuthConfig;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.engine.Images;
import java.io.IOException;
import java.util.List;

/** Registries: pull, push, login, search, and what they have under a name. */
final class RegistryRoutes {
    /** Docker's, and what Docker Hub gives at most. */
    private static final long DEFAULT_RESULTS = 25;

    private static final long MAXIMUM_RESULTS = 100;

    private final Images images;

    private RegistryRoutes(Images images) {
        this.images = images;
    }

    static void add(RouteTable table, Images images) {
        var routes = new RegistryRoutes(images);
        table.add("GET", "/images/search", routes::search)
                .add("POST", "/images/{name*}/push", routes::push)
                .add("POST", "/images/{name*}/verify", routes::verify)
                .add("POST", "/auth", routes::login)
                .add("GET", "/distribution/{name*}/json", routes::distribution);
    }

    /** The part of {@code POST /images/create} that pulls. */
    static void pull(Images images, Call call) throws IOException {
        String tag = call.query("tag");
        String name = call.query("fromImage");
        boolean allTags = tag.isEmpty() && !name.contains("@") && !hasTag(name);
        String whole = tag.isEmpty() ? name : withTag(name, tag);
        var request = new Images.PullRequest(whole, allTags, call.platform(), RegistryAuth.of(call));
        transfer(call, progress -> images.pull(request, step -> progress.send(document(step))));
    }

    private static boolean hasTag(String name) {
        return name.lastIndexOf(':') > name.lastIndexOf('/');
    }

    private static String withTag(String name, String tag) {
        int at = name.indexOf('@');
        String plain = at < 0 ? name : name.substring(0, at);
        return plain + (tag.contains(":") ? "@" : ":") + tag;
    }

    private void push(Call call) throws IOException {
        String tag = call.query("tag");
        String whole = tag.isEmpty() ? call.name("name") : call.name("name") + ":" + tag;
        transfer(
                call,
                progress -> images.push(whole, RegistryAuth.of(call), step -> {
                    progress.send(document(step));
                    step.pushed()
                            .ifPresent(pushed -> progress.send(new Doc()
                                    .with("progressDetail", new Doc())
                                    .with(
                                            "aux",
                                            new Doc()
                                                    .with("Tag", pushed.tag())
                                                    .with("Digest", pushed.digest())
                                                    .with("Size", pushed.size()))));
                }));
    }

    private interface Transfer {
        void run(ProgressStream progress) throws IOException;
    }

    /** Runs a transfer, which ends when its client goes. */
    private static void transfer(Call call, Transfer transfer) throws IOException {
        // Docker's client sends "null" or nothing; what there is has to be read before the client can be watched.
        call.exchange().drain(BuildRoutes.MAX_UNREAD_BYTES);
        var progress = new ProgressStream(call.exchange());
        Thread worker = Thread.currentThread();
        try (var _ = call.exchange().whenClientGoes(worker::interrupt)) {
            progress.run(() -> transfer.run(progress));
        } finally {
            // The thread may go on to other work.
            Thread.interrupted();
        }
    }

    private static Doc document(Images.Progress step) {
        var document = new Doc().with("status", step.status());
        if (!step.id().isEmpty() && !step.status().startsWith("Pulling from")) {
            var detail = new Doc().unlessEmpty("current", step.current()).unlessEmpty("total", step.total());
            document.with("progressDetail", detail);
            if (step.total() > 0) {
                document.with("progress", ProgressBar.text(step.current(), step.total()));
            }
        }
        return document.unlessEmpty("id", step.id());
    }

    /** Reads an image again, byte for byte; what Docker has no call for. */
    private void verify(Call call) throws IOException {
        transfer(call, progress -> {
            List<String> wrong = images.verify(
                    call.name("name"),
                    call.flag("repair"),
                    RegistryAuth.of(call),
                    line -> progress.send(new Doc().with("status", line)));
            for (String line : wrong) {
                progress.send(new Doc().with("status", line));
            }
            if (!wrong.isEmpty()) {
                throw new Failure(
                        Failure.Kind.INTERNAL,
                        "image %s is damaged: %d problems".formatted(call.name("name"), wrong.size()));
            }
            progress.send(new Doc().with("status", "image " + call.name("name") + " is intact"));
        });
    }

    private void login(Call call) throws IOException {
        AuthConfig config = call.document(AuthConfig.class);
        String token = images.login(config.serverAddress(), RegistryAuth.of(config));
        call.answer(new Doc().with("IdentityToken", token).with("Status", "Login Succeeded"));
    }

    private void search(Call call) throws IOException {
        String term = call.query("term");
        if (term.isEmpty()) {
            throw Failure.invalid("invalid search term: it is empty");
        }
        long limit = call.number("limit", DEFAULT_RESULTS);
        if (limit < 1 || limit > MAXIMUM_RESULTS) {
            throw Failure.invalid("limit %d is outside the range of [1, %d]", limit, MAXIMUM_RESULTS);
        }
        call.answer(images.search(term, (int) limit, call.filters()).stream()
                .map(found -> new Doc()
                        .with("star_count", found.stars())
                        .with("is_official", found.official())
                        .with("name", found.name())
                        .with("is_automated", found.automated())
                        .with("description", found.description()))
                .toList());
    }

    private void distribution(Call call) throws IOException {
        Images.Remote remote = images.remote(call.name("name"), RegistryAuth.of(call));
        call.answer(new Doc()
                .with(
                        "Descriptor",
                        new Doc()
                                .with("mediaType", remote.mediaType())
                                .with("digest", remote.digest())
                                .with("size", remote.size()))
                .with(
                        "Platforms",
                        remote.platforms().stream()
                                .map(RegistryRoutes::platform)
                                .toList()));
    }

    private static Doc platform(Platform platform) {
        return new Doc()
                .with("architecture", platform.architecture())
                .with("os", platform.os())
                .unlessEmpty("variant", platform.variant());
    }
}
