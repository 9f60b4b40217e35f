package dev.priok.build.solve;

import dev.priok.archive.Compression;
import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.archive.TarWriter;
import dev.priok.build.BuildRequest;
import dev.priok.build.context.NamelessFile;
import dev.priok.build.context.SpooledTree;
import dev.priok.build.context.TarSpooler;
import dev.priok.build.dockerfile.DockerfileParser;
import dev.priok.build.fetch.GitAddress;
import dev.priok.build.plan.Operation.CopySource;
import dev.priok.build.tree.Content;
import dev.priok.core.Failure;
import dev.priok.linux.Fd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** A build context that the request only names: a git repository, or an archive or a Dockerfile behind an http address. */
final class RemoteContext {
    private static final int FILE_PERMISSIONS = 0644;

    private RemoteContext() {}

    /** Brings the context that a request names; a Dockerfile alone is one too. */
    static SpooledTree fetch(BuildRequest request, SshAgents agents, Path scratch) throws IOException {
        return fetch(request, request.extras().remote(), true, agents, scratch);
    }

    /** Brings a repository or an archive. */
    static SpooledTree files(BuildRequest request, String remote, SshAgents agents, Path scratch) throws IOException {
        return fetch(request, remote, false, agents, scratch);
    }

    private static SpooledTree fetch(
            BuildRequest request, String remote, boolean orDockerfile, SshAgents agents, Path scratch)
            throws IOException {
        if (GitAddress.isGit(remote)) {
            return GitTree.fetch(request, GitAddress.parse(remote), agents, scratch, request.cancel());
        }
        if (!remote.startsWith("http://") && !remote.startsWith("https://")) {
            throw Failure.invalid("build context %s is neither a git repository nor an http address", remote);
        }
        try (Fd file = NamelessFile.open(scratch)) {
            SingleFile fetched = WebFile.fetch(
                    new CopySource.FromWeb(URI.create(remote), Optional.empty(), false),
                    file,
                    false,
                    Instant.EPOCH,
                    true,
                    request.cancel());
            boolean isArchive = isArchive(fetched);
            if (!isArchive && !orDockerfile) {
                throw Failure.invalid("%s is no archive", remote);
            }
            return isArchive ? unpacked(fetched, remote, scratch) : only(fetched, remote, scratch);
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid address of a build context: " + remote, e);
        }
    }

    private static boolean isArchive(SingleFile file) throws IOException {
        try (Content content = file.content(file.name());
                InputStream plain = Compression.decompress(ContentStream.of(content))) {
            return new TarReader(plain).next().isPresent();
        } catch (IOException | Failure e) {
            // What cannot be read as an archive is a Dockerfile, and says itself if it is none.
            return false;
        }
    }

    private static SpooledTree unpacked(SingleFile file, String remote, Path scratch) throws IOException {
        try (Content content = file.content(file.name())) {
            return TarSpooler.read(ContentStream.of(content), "build context " + remote, scratch, false);
        }
    }

    /** A context of nothing but a Dockerfile. */
    private static SpooledTree only(SingleFile file, String remote, Path scratch) throws IOException {
        if (file.node(file.name()).size() > DockerfileParser.MAXIMUM_BYTES) {
            throw Failure.invalid("%s is neither an archive nor a Dockerfile", remote);
        }
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (Content content = file.content(file.name());
                InputStream in = ContentStream.of(content);
                TarWriter out = new TarWriter(tar)) {
            byte[] bytes = in.readAllBytes();
            out.put(TarEntry.file(BuildRequest.DEFAULT_DOCKERFILE, FILE_PERMISSIONS, bytes.length, 0), bytes);
        }
        return TarSpooler.read(new ByteArrayInputStream(tar.toByteArray()), remote, scratch, false);
    }
}
