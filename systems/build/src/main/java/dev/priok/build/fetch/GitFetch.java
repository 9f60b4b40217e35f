package dev.priok.build.fetch;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import dev.priok.build.CancelSignal;
import dev.priok.core.Failure;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jgit.api.FetchCommand;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.TransportCommand;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.BlobBasedConfig;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.HttpTransport;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.TcpTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.jspecify.annotations.Nullable;

/** Fetches one commit and writes its files as a tar: straight from the objects, without a checkout. */
public final class GitFetch {
    /** Submodules inside each other; more is a circle. */
    private static final int MAXIMUM_DEPTH = 8;

    private static final int TIMEOUT_SECONDS = 120;
    private static final int FILE_PERMISSIONS = 0644;
    private static final int PROGRAM_PERMISSIONS = 0755;
    private static final String MODULES = ".gitmodules";

    /** What a fetched file may point to: as what a person may write, and no path of this machine. */
    private static final Pattern MODULE_ADDRESS =
            Pattern.compile("(https?|git|ssh)://.*|git@.*", Pattern.CASE_INSENSITIVE);

    private final Path scratch;
    private final Optional<String> token;
    private final Optional<SshAccess> ssh;
    private final CancelSignal cancel;
    private int repositories;

    /** Made for the first repository that is reached by ssh. */
    private @Nullable SshdSessionFactory sessions;

    /**
     * Fetches below a folder of its own.
     *
     * @param token for servers that ask who one is
     * @param ssh for repositories that are reached by ssh
     */
    public GitFetch(Path scratch, Optional<String> token, Optional<SshAccess> ssh, CancelSignal cancel) {
        this.ssh = ssh;
        this.scratch = scratch;
        this.token = token;
        this.cancel = cancel;
        QuietGit.install();
    }

    /**
     * Writes the files of a place, submodules included.
     *
     * @return the commit
     * @throws Failure of kind INVALID when there is no such place; UNAVAILABLE when the server does not answer
     */
    public String write(GitAddress address, OutputStream out) throws IOException {
        try (TarWriter tar = new TarWriter(new BufferedOutputStream(out))) {
            return write(address, "", tar, 0);
        } finally {
            if (sessions != null) {
                sessions.close();
            }
        }
    }

    private String write(GitAddress address, String below, TarWriter tar, int depth) throws IOException {
        if (depth > MAXIMUM_DEPTH) {
            throw Failure.invalid("submodules of %s are more than %d deep", address.remote(), MAXIMUM_DEPTH);
        }
        Path folder = Files.createDirectories(scratch.resolve("git-" + repositories++));
        try (Git git = Git.init().setBare(true).setGitDir(folder.toFile()).call();
                RevWalk walk = new RevWalk(git.getRepository())) {
            // Collecting garbage in the background would go on while the folder is removed.
            git.getRepository().getConfig().setBoolean("gc", null, "autodetach", false);
            RevCommit commit = walk.parseCommit(fetch(git, address));
            check(address, commit);
            files(git.getRepository(), address, commit, below, tar, depth);
            if (address.keepGitDir() && depth == 0) {
                Files.writeString(folder.resolve("HEAD"), commit.name() + "\n");
                repository(folder, tar);
            }
            return commit.name();
        } catch (GitAPIException | org.eclipse.jgit.errors.TransportException e) {
            cancel.check();
            throw new Failure(
                    Failure.Kind.UNAVAILABLE,
                    "cannot fetch git repository %s: %s".formatted(address.remote(), e.getMessage()),
                    e);
        }
    }

    private static void check(GitAddress address, RevCommit commit) {
        address.commit().filter(start -> !commit.name().startsWith(start)).ifPresent(start -> {
            throw Failure.invalid("expected checksum to match %s, got %s: %s", start, commit.name(), address.remote());
        });
    }

    private ObjectId fetch(Git git, GitAddress address) throws GitAPIException, IOException {
        Optional<String> fixed = address.fixedCommit();
        Map<String, Ref> refs = list(git, address);
        Optional<Ref> ref = ref(refs, address.ref());
        if (ref.isPresent()) {
            String name = ref.get().getName();
            // A server of plain files cannot leave out what came before.
            try {
                fetch(git, address, name, true);
            } catch (GitAPIException | UnsupportedOperationException e) {
                cancel.check();
                fetch(git, address, name, false);
            }
            ObjectId peeled = ref.get().getPeeledObjectId();
            return peeled == null ? ref.get().getObjectId() : peeled;
        }
        if (fixed.isEmpty()) {
            throw Failure.invalid("repository %s has no ref %s", address.remote(), address.ref());
        }
        ObjectId commit = ObjectId.fromString(fixed.get());
        command(git, address)
                .setRefSpecs(new RefSpec("+refs/heads/*:refs/heads/*"), new RefSpec("+refs/tags/*:refs/tags/*"))
                .call();
        if (!git.getRepository().getObjectDatabase().has(commit)) {
            throw Failure.invalid("repository %s has no commit %s", address.remote(), fixed.get());
        }
        return commit;
    }

    private void fetch(Git git, GitAddress address, String ref, boolean shallow) throws GitAPIException {
        FetchCommand command = command(git, address).setRefSpecs(new RefSpec("+" + ref + ":refs/priok/wanted"));
        if (shallow) {
            command.setDepth(1);
        }
        command.call();
    }

    /** Lets a command in: with the token where the web is asked, with the agent by ssh. */
    private <C extends TransportCommand<C, ?>> C allowed(C command, GitAddress address) {
        if (!address.isSsh()) {
            token.ifPresent(value ->
                    command.setCredentialsProvider(new UsernamePasswordCredentialsProvider("x-access-token", value)));
            return command.setTransportConfigCallback(transport -> checkPlain(transport, address));
        }
        SshAccess access = ssh.orElseThrow(() -> Failure.invalid(
                "git repository %s is reached by ssh, and the build was given no ssh agent default: priok build --ssh default",
                address.remote()));
        return command.setTransportConfigCallback(transport -> {
            if (!(transport instanceof SshTransport byShell)) {
                throw unreachable(address);
            }
            if (sessions == null) {
                sessions = GitSsh.sessions(access, scratch);
            }
            byShell.setSshSessionFactory(sessions);
        });
    }

    /** JGit knows more spellings than {@link GitAddress}: ssh with the keys of the daemon's own machine, and its disk. */
    private static void checkPlain(Transport transport, GitAddress address) {
        if (!(transport instanceof HttpTransport)
                && (!(transport instanceof TcpTransport) || transport instanceof SshTransport)) {
            throw unreachable(address);
        }
    }

    private static Failure unreachable(GitAddress address) {
        return Failure.invalid(
                "git repository %s cannot be reached: write https://, http://, git://, ssh:// or git@HOST:PATH",
                address.remote());
    }

    private FetchCommand command(Git git, GitAddress address) {
        FetchCommand command = allowed(git.fetch(), address)
                .setRemote(address.remote())
                .setTagOpt(TagOpt.NO_TAGS)
                .setTimeout(TIMEOUT_SECONDS)
                .setProgressMonitor(new EndOnCancel(cancel));
        return command;
    }

    private Map<String, Ref> list(Git git, GitAddress address) throws GitAPIException {
        return allowed(git.lsRemote(), address)
                .setRemote(address.remote())
                .setTimeout(TIMEOUT_SECONDS)
                .callAsMap();
    }

    private static Optional<Ref> ref(Map<String, Ref> refs, String name) {
        if (name.isEmpty()) {
            return Optional.ofNullable(refs.get(Constants.HEAD)).map(Ref::getLeaf);
        }
        return Stream.of(name, "refs/heads/" + name, "refs/tags/" + name)
                .flatMap(candidate -> Stream.ofNullable(refs.get(candidate)))
                .findFirst();
    }

    private void files(
            Repository repository, GitAddress address, RevCommit commit, String below, TarWriter tar, int depth)
            throws IOException {
        String folder = address.folder().replaceAll("^/+|/+$", "");
        boolean found = folder.isEmpty();
        List<Module> modules = new ArrayList<>();
        try (ObjectReader reader = repository.newObjectReader();
                TreeWalk walk = new TreeWalk(repository, reader)) {
            walk.addTree(commit.getTree());
            if (!folder.isEmpty()) {
                walk.setFilter(PathFilter.create(folder));
            }
            while (walk.next()) {
                cancel.check();
                String path = walk.getPathString();
                boolean isTree = FileMode.TREE.equals(walk.getFileMode(0));
                if (!folder.isEmpty() && !path.startsWith(folder + "/")) {
                    found |= isTree && path.equals(folder);
                    if (isTree) {
                        walk.enterSubtree();
                    }
                    continue;
                }
                String name = below + (folder.isEmpty() ? path : path.substring(folder.length() + 1));
                if (isTree) {
                    tar.put(TarEntry.folder(name, PROGRAM_PERMISSIONS, commit.getCommitTime()));
                    walk.enterSubtree();
                } else if (FileMode.GITLINK.equals(walk.getFileMode(0))) {
                    tar.put(TarEntry.folder(name, PROGRAM_PERMISSIONS, commit.getCommitTime()));
                    modules.add(new Module(path, name + "/", walk.getObjectId(0).name()));
                } else {
                    file(reader, walk, name, commit.getCommitTime(), tar);
                }
            }
        }
        if (!found) {
            throw Failure.invalid("repository %s has no folder %s at %s", address.remote(), folder, commit.name());
        }
        for (Module module : modules) {
            module(repository, address, commit, module, tar, depth);
        }
    }

    private record Module(String path, String below, String commit) {}

    private static void file(ObjectReader reader, TreeWalk walk, String name, long time, TarWriter tar)
            throws IOException {
        ObjectLoader blob = reader.open(walk.getObjectId(0), Constants.OBJ_BLOB);
        if (FileMode.SYMLINK.equals(walk.getFileMode(0))) {
            String target = new String(blob.getBytes(), StandardCharsets.UTF_8);
            tar.put(TarEntry.symbolicLink(name, target, time));
            return;
        }
        int permissions = FileMode.EXECUTABLE_FILE.equals(walk.getFileMode(0)) ? PROGRAM_PERMISSIONS : FILE_PERMISSIONS;
        try (InputStream content = blob.openStream()) {
            tar.put(TarEntry.file(name, permissions, blob.getSize(), time), content);
        }
    }

    private void module(
            Repository repository, GitAddress address, RevCommit commit, Module module, TarWriter tar, int depth)
            throws IOException {
        String url;
        try {
            BlobBasedConfig modules = new BlobBasedConfig(null, repository, commit, MODULES);
            url = modules.getSubsections("submodule").stream()
                    .filter(name -> module.path().equals(modules.getString("submodule", name, "path")))
                    .map(name -> modules.getString("submodule", name, "url"))
                    .findFirst()
                    .orElseThrow(() -> Failure.invalid(
                            "%s of %s tells no address of submodule %s", MODULES, address.remote(), module.path()));
        } catch (org.eclipse.jgit.errors.ConfigInvalidException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid " + MODULES + " of " + address.remote(), e);
        }
        String absolute = moduleAddress(address, module.path(), url);
        write(GitAddress.parse(absolute + "#" + module.commit()), module.below(), tar, depth + 1);
    }

    /**
     * Where a submodule is.
     *
     * @throws Failure of kind INVALID when it is no place that a build may reach
     */
    static String moduleAddress(GitAddress address, String path, String url) {
        try {
            String absolute = url.startsWith("./") || url.startsWith("../")
                    ? URI.create(address.url() + "/").resolve(url).toString()
                    : url;
            if (MODULE_ADDRESS.matcher(absolute).matches()) {
                return absolute;
            }
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Failure.Kind.INVALID,
                    "submodule %s of %s has an invalid address: %s".formatted(path, address.remote(), url),
                    e);
        }
        throw Failure.invalid(
                "submodule %s of %s is at %s: only https://, http://, git://, ssh:// and git@HOST:PATH are fetched",
                path, address.remote(), url);
    }

    /** The repository itself, without what its owner's hooks and samples are. */
    private static void repository(Path folder, TarWriter tar) throws IOException {
        byte[] config = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n".getBytes(StandardCharsets.UTF_8);
        tar.put(TarEntry.folder(".git", PROGRAM_PERMISSIONS, 0));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = folder.relativize(file).toString();
                if (Files.isDirectory(file) && !name.isEmpty()) {
                    tar.put(TarEntry.folder(".git/" + name, PROGRAM_PERMISSIONS, 0));
                } else if (name.equals("config")) {
                    tar.put(
                            TarEntry.file(".git/config", FILE_PERMISSIONS, config.length, 0),
                            new ByteArrayInputStream(config));
                } else if (Files.isRegularFile(file)) {
                    try (InputStream in = Files.newInputStream(file)) {
                        tar.put(TarEntry.file(".git/" + name, FILE_PERMISSIONS, Files.size(file), 0), in);
                    }
                }
            }
        }
    }
}
