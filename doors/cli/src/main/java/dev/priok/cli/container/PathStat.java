package dev.priok.cli.container;

import dev.priok.cli.command.Session;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/**
 * What a path in a container is.
 *
 * @param exists whether there is anything
 * @param mode Go's file mode bits
 * @param linkTarget what a symbolic link points to
 */
record PathStat(boolean exists, long mode, String linkTarget) {
    private static final String HEADER = "x-docker-container-path-stat";
    /** Go's os.ModeDir and os.ModeSymlink. */
    private static final long FOLDER = 1L << 31;

    private static final long LINK = 1L << 27;

    static PathStat ask(Session session, String container, String path) throws IOException {
        try (Reply reply = session.client()
                .send(Request.head(Containers.path(container) + "/archive").query("path", path))) {
            return of(reply);
        }
    }

    /** As {@link #ask}, but something that is not there is an answer too. */
    static PathStat askOrMissing(Session session, String container, String path) throws IOException {
        try {
            return ask(session, container, path);
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.NOT_FOUND) {
                return new PathStat(false, 0, "");
            }
            throw e;
        }
    }

    static PathStat of(Reply reply) throws IOException {
        byte[] json = Base64.getDecoder().decode(reply.header(HEADER));
        JsonObject stat = JsonObject.of(Json.read(new String(json, StandardCharsets.UTF_8)));
        return new PathStat(true, stat.number("mode"), stat.text("linkTarget"));
    }

    boolean isFolder() {
        return (mode & FOLDER) != 0;
    }

    boolean isLink() {
        return (mode & LINK) != 0;
    }

    /** The link's target as a path from the container's root. */
    String resolved(String path) {
        Path parent = Path.of("/").resolve(path).getParent();
        return (parent == null ? Path.of("/") : parent)
                .resolve(linkTarget)
                .normalize()
                .toString();
    }
}
