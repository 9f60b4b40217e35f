package dev.priok.server.route;

import dev.priok.api.ContainerConfig;
import dev.priok.core.Failure;
import dev.priok.engine.Containers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The file systems of containers: copy in and out, changes, export, commit. */
final class FileRoutes {
    private static final String STAT_HEADER = "X-Docker-Container-Path-Stat";

    private final Containers containers;

    private FileRoutes(Containers containers) {
        this.containers = containers;
    }

    static void add(RouteTable table, Containers containers) {
        var routes = new FileRoutes(containers);
        table.add("HEAD", "/containers/{id}/archive", routes::stat)
                .add("GET", "/containers/{id}/archive", routes::copyOut)
                .add("PUT", "/containers/{id}/archive", routes::copyIn)
                .add("GET", "/containers/{id}/changes", routes::changes)
                .add("GET", "/containers/{id}/export", routes::export)
                .add("POST", "/commit", routes::commit);
    }

    private static String path(Call call) {
        String path = call.query("path");
        if (path.isEmpty()) {
            throw Failure.invalid("bad parameter: 'path' cannot be empty");
        }
        return path;
    }

    private void putStat(Call call) {
        Containers.PathStat stat = containers.statPath(call.name("id"), path(call));
        byte[] json = new Doc()
                .with("name", stat.name())
                .with("size", stat.size())
                .with("mode", stat.mode())
                .with("mtime", GoTime.text(stat.modified()))
                .with("linkTarget", stat.linkTarget())
                .bytes();
        call.exchange().setHeader(STAT_HEADER, Base64.getEncoder().encodeToString(json));
    }

    private void stat(Call call) throws IOException {
        putStat(call);
        call.exchange().send(200);
    }

    private void copyOut(Call call) throws IOException {
        putStat(call);
        containers.copyOut(call.name("id"), path(call), call.exchange().stream(200, Call.TAR));
    }

    private void copyIn(Call call) throws IOException {
        containers.copyIn(
                call.name("id"),
                path(call),
                call.exchange().body(),
                call.flag("noOverwriteDirNonDir"),
                call.flag("copyUIDGID"));
        call.exchange().drain(Long.MAX_VALUE);
        call.exchange().send(200);
    }

    private void changes(Call call) throws IOException {
        List<Containers.Change> changes = containers.changes(call.name("id"));
        call.answer(changes.stream()
                .map(c -> new Doc().with("Path", c.path()).with("Kind", number(c.kind())))
                .toList());
    }

    /** Docker's numbers of the kinds. */
    private static int number(Containers.Change.Kind kind) {
        return switch (kind) {
            case MODIFIED -> 0;
            case ADDED -> 1;
            case DELETED -> 2;
        };
    }

    private void export(Call call) throws IOException {
        containers.export(call.name("id"), call.exchange().stream(200, "application/octet-stream"));
    }

    private void commit(Call call) throws IOException {
        byte[] json = call.document();
        ContainerConfig config = json.length == 0 ? null : dev.priok.api.ApiJson.read(json, ContainerConfig.class);
        String container = call.query("container");
        if (container.isEmpty()) {
            throw Failure.invalid("container cannot be empty: name the container to commit");
        }
        var changes = new ArrayList<String>();
        call.exchange().queryAll("changes").forEach(text -> text.lines().forEach(changes::add));
        String id = containers.commit(
                container,
                new Containers.CommitRequest(
                        call.query("repo"),
                        call.query("tag"),
                        call.query("comment"),
                        call.query("author"),
                        call.flag("pause", true),
                        changes,
                        config == null ? null : ContainerSpecs.settings(config)));
        call.answer(201, new Doc().with("Id", id));
    }
}
