package dev.priok.server;

import dev.priok.core.Credentials;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.engine.ContainerView;
import dev.priok.engine.Filters;
import dev.priok.engine.ImageSettings;
import dev.priok.engine.Images;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** One image called {@code fake} or {@code quay.io/some/fake:1}, and handles on what came in. */
final class FakeImages implements Images {
    static final String ID = "sha256:" + "1".repeat(64);

    final AtomicLong receivedBytes = new AtomicLong();
    final List<String> tags = new CopyOnWriteArrayList<>();

    private static void require(String ref) {
        if (!List.of("fake", "fake:latest", "quay.io/some/fake:1", ID).contains(ref)) {
            throw Failure.notFound("No such image: %s", ref);
        }
    }

    @Override
    public List<Summary> list(boolean all, boolean sharedSize, Filters filters) {
        filters.onlyKnowing("dangling", "label", "reference");
        return List.of(new Summary(
                ID, "", List.of("fake:latest"), List.of(), FakeContainers.CREATED, 1_234_567, -1, -1, Map.of()));
    }

    @Override
    public Detail inspect(String ref) {
        require(ref);
        return new Detail(
                ID,
                "",
                "",
                List.of("fake:latest"),
                List.of(),
                FakeContainers.CREATED,
                "",
                "",
                ImageSettings.NONE,
                new Platform("linux", "amd64", ""),
                1_234_567,
                List.of("sha256:" + "2".repeat(64)),
                new ContainerView.Snapshot("overlay2", Map.of()),
                null);
    }

    @Override
    public List<HistoryItem> history(String ref) {
        require(ref);
        return List.of(new HistoryItem(
                ID, FakeContainers.CREATED, "/bin/sh -c #(nop) CMD", List.of("fake:latest"), 7, "note"));
    }

    @Override
    public void tag(String ref, String repository, String tag) {
        require(ref);
        tags.add(repository + ":" + tag);
    }

    @Override
    public List<Deleted> remove(String ref, boolean force, boolean noPrune) {
        require(ref);
        if (!force) {
            throw Failure.conflict("conflict: unable to delete %s (must be forced)", ref);
        }
        return List.of(new Deleted.Untagged("fake:latest"), new Deleted.Removed(ID));
    }

    @Override
    public Pruned prune(Filters filters) {
        return new Pruned(List.of(new Deleted.Removed(ID)), 5);
    }

    @Override
    public String importTar(InputStream tar, ImportRequest request) throws IOException {
        receivedBytes.addAndGet(tar.readAllBytes().length);
        return ID;
    }

    @Override
    public String importFrom(java.net.URI address, ImportRequest request) {
        return ID;
    }

    /** Answers after the first byte and reads on. */
    @Override
    public void load(InputStream tar, Consumer<String> progress) throws IOException {
        byte[] buffer = new byte[64 << 10];
        boolean first = true;
        for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
            receivedBytes.addAndGet(n);
            if (first) {
                if (buffer[0] == '!') {
                    throw Failure.invalid("not an archive of images");
                }
                progress.accept("Reading");
                first = false;
            }
        }
        progress.accept("Loaded image: fake:latest");
    }

    @Override
    public void save(List<String> refs, OutputStream out) throws IOException {
        refs.forEach(FakeImages::require);
        out.write(("tar of " + refs).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void pull(PullRequest request, Consumer<Progress> progress) {
        throw Failure.notImplemented("this version of priok does not pull: %s is not here", request.name());
    }

    @Override
    public void push(String name, Credentials credentials, Consumer<Progress> progress) {
        progress.accept(new Progress("abc", "Preparing", 1, 2));
        throw Failure.notImplemented("this version of priok does not push");
    }

    @Override
    public String login(String registry, Credentials credentials) {
        if (!credentials.equals(new Credentials.Basic("user", "secret"))) {
            throw new Failure(Failure.Kind.UNAUTHORIZED, "unauthorized: incorrect username or password");
        }
        return "";
    }

    @Override
    public List<SearchResult> search(String term, int limit, Filters filters) {
        return List.of(new SearchResult(term, "found", limit, true, false));
    }

    @Override
    public Remote remote(String name, Credentials credentials) {
        return new Remote(
                "application/vnd.oci.image.index.v1+json",
                "sha256:" + "3".repeat(64),
                5,
                List.of(new Platform("linux", "arm64", "v8")));
    }

    @Override
    public List<String> verify(String ref, boolean repair, Credentials credentials, Consumer<String> progress) {
        require(ref);
        return repair ? List.of() : List.of("blob x is missing or damaged");
    }
}
