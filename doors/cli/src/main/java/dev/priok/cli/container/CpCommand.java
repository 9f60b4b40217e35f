package dev.priok.cli.container;

import dev.priok.cli.archive.FileTree;
import dev.priok.cli.archive.TarWriter;
import dev.priok.cli.archive.Unpacker;
import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.HumanSize;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** {@code cp}: files between a container and this machine. */
public final class CpCommand extends Command {
    private final Flag archive = options.flag('a', "archive", "Keep owners");
    private final Flag followLink = options.flag('L', "follow-link", "Copy what a symbolic link as source points to");
    private final Flag quiet = options.flag('q', "quiet", "Do not say what was copied");

    public CpCommand() {
        super(
                "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n[OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
                "Copy files/folders between a container and the local filesystem",
                Arity.exactly(2));
    }

    @Override
    public List<String> aliases() {
        return List.of("container cp", "cp");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        CopyPath from = CopyPath.parse(arguments.getFirst());
        CopyPath to = CopyPath.parse(arguments.getLast());
        if (from.path().isEmpty()) {
            throw new CommandFailed("source can not be empty");
        }
        if (to.path().isEmpty()) {
            throw new CommandFailed("destination can not be empty");
        }
        if (!from.container().isEmpty() && !to.container().isEmpty()) {
            throw new CommandFailed("copying between containers is not supported");
        }
        if (!from.container().isEmpty()) {
            return copyOut(session, from, to.path());
        }
        if (!to.container().isEmpty()) {
            return copyIn(session, from.path(), to);
        }
        throw new CommandFailed("must specify at least one container source");
    }

    private int copyOut(Session session, CopyPath from, String to) throws IOException {
        String path = from.path();
        if (followLink.value()) {
            PathStat stat = PathStat.ask(session, from.container(), path);
            path = stat.isLink() ? stat.resolved(path) : path;
        }
        Request request =
                Request.get(Containers.path(from.container()) + "/archive").query("path", path);
        try (Reply reply = session.client().send(request)) {
            if (to.equals("-")) {
                session.flush();
                reply.body().transferTo(session.rawOut());
                return 0;
            }
            PathStat source = PathStat.of(reply);
            CountingInput content = new CountingInput(reply.body());
            Path target = Path.of(to).toAbsolutePath();
            CopyTarget where =
                    CopyTarget.of(from.path(), source.isFolder(), to, Files.exists(target), Files.isDirectory(target));
            Path folder = Path.of(where.folder()).toAbsolutePath();
            if (!Files.isDirectory(folder)) {
                throw new CommandFailed("invalid output path: directory \"" + folder + "\" does not exist");
            }
            new Unpacker(folder, archive.value()).unpack(content, where::rename);
            // Padding follows the archive's end: read to see a daemon that breaks off, and to count as docker does.
            content.transferTo(OutputStream.nullOutputStream());
            tell(session, content.count, to);
        }
        return 0;
    }

    private int copyIn(Session session, String from, CopyPath to) throws IOException {
        PathStat stat = PathStat.askOrMissing(session, to.container(), to.path());
        String path = stat.isLink() ? stat.resolved(to.path()) : to.path();
        if (stat.isLink()) {
            stat = PathStat.askOrMissing(session, to.container(), path);
        }
        if (from.equals("-")) {
            if (!stat.isFolder()) {
                throw new CommandFailed("destination \"" + to.container() + ":" + to.path() + "\" must be a directory");
            }
            session.client().call(put(to.container(), path).stream("application/x-tar", session.in()::transferTo));
            return 0;
        }
        Path source = Path.of(from).toAbsolutePath();
        if (followLink.value() && Files.isSymbolicLink(source)) {
            source = source.toRealPath();
        }
        if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
            throw new CommandFailed("lstat " + source + ": no such file or directory");
        }
        boolean isFolder = Files.isDirectory(source);
        CopyTarget where = CopyTarget.of(from, isFolder, path, stat.exists(), stat.isFolder());
        Path packed = isFolder ? source.toRealPath() : source;
        long[] count = {0};
        Request request = put(to.container(), where.folder()).stream("application/x-tar", out -> {
            TarWriter tar = new TarWriter(out);
            String name = String.valueOf(packed.normalize().getFileName());
            FileTree files = new FileTree(tar, true);
            String renamed = where.rename(name);
            if (renamed.equals(".")) {
                for (Path child : FileTree.children(packed)) {
                    files.addAll(child, String.valueOf(child.getFileName()));
                }
            } else {
                files.addAll(packed, renamed);
            }
            tar.close();
            count[0] = tar.written();
        });
        session.client().call(request);
        tell(session, count[0], to.container() + ":" + to.path());
        return 0;
    }

    private Request put(String container, String folder) {
        return Request.put(Containers.path(container) + "/archive")
                .query("path", folder)
                .query("noOverwriteDirNonDir", "true")
                .queryIf(archive.value(), "copyUIDGID");
    }

    private void tell(Session session, long bytes, String to) {
        // As docker: without a terminal nobody asked.
        boolean isQuiet = quiet.isSet() ? quiet.value() : !session.terminal().isOutput();
        if (!isQuiet) {
            session.err().println("Successfully copied " + HumanSize.ofThousands(bytes) + " to " + to);
        }
    }

    private static final class CountingInput extends FilterInputStream {
        private long count;

        CountingInput(InputStream in) {
            super(in);
        }

        @Override
        public long skip(long wanted) throws IOException {
            long skipped = super.skip(wanted);
            count += skipped;
            return skipped;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            count += Math.max(0, n);
            return n;
        }
    }
}
