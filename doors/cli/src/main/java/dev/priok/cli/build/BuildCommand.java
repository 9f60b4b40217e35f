package dev.priok.cli.build;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Pairs;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.HumanSize;
import dev.priok.cli.image.Credentials;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.NumberOption;
import dev.priok.cli.option.ParsedOption;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.option.ValueParsers;
import dev.priok.cli.terminal.ProgressLog;
import dev.priok.cli.terminal.Terminal;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code build}: sends a context and shows how the daemon builds it. */
public final class BuildCommand extends Command {
    /** A list of the context; files follow when they are asked for. */
    private static final String ASKED = "application/vnd.priok.build.v2+tar";

    private static final String PACKED = "application/vnd.priok.build.v1+tar";
    private static final int MAGIC_BYTES = 512;
    /** Largest Dockerfile on standard input; longer is an archive by mistake. */
    private static final int MAXIMUM_DOCKERFILE_BYTES = 16 << 20;

    private final ListOption addHost = options.list("add-host", "Line for /etc/hosts of RUN: HOST:IP");
    private final Flag check =
            options.flag("check", "Look at the Dockerfile and say what could be better; build nothing");
    private final TextOption checkFormat =
            options.text('\0', "check-format", "string", "text", "Format of what --check says: text, json, sarif");
    private final ListOption allow =
            options.list("allow", "Open to RUN what is closed: network.host, security.insecure");
    private final ListOption buildContext = options.list(
            "build-context",
            "Further build context: NAME=FOLDER, =GIT-OR-HTTP-ADDRESS, =docker-image://IMAGE, =oci-layout://FOLDER");
    private final ListOption secret = options.list("secret", "Secret for RUN: id=NAME[,src=FILE|,env=VARIABLE]");
    private final ListOption ssh =
            options.list("ssh", "Agent for keys of ssh, for RUN and git: default, or NAME[=SOCKET|KEY[,KEY]]");
    private final TextOption timestamps = options.text(
            '\0',
            "timestamps",
            "string",
            "clamp",
            "Times in the image: those of its base, for the same image each time (clamp), or the true ones (keep)");
    private final Flag explain = options.flag("explain", "Say in the end of every step whether it ran, and why");
    private final Flag debug = options.flag("debug", "Open a shell in the step that failed");
    private final ListOption buildArg = options.list("build-arg", "Value of an ARG: NAME[=VALUE]");
    private final ListOption cacheFrom = options.list(
            "cache-from", "Cache to take steps from: IMAGE, type=registry,ref=NAME, or type=local,src=FOLDER");
    private final ListOption cacheTo = options.list(
            "cache-to",
            "Cache to give steps to: type=inline, type=registry,ref=NAME, or type=local,dest=FOLDER [,mode=min|max]");
    private final TextOption cgroupParent = options.text("cgroup-parent", "Parent of the cgroups of RUN");
    private final NumberOption cpuShares = options.number('c', "cpu-shares", 0, "Share of processor time of RUN");
    private final TextOption cpusetCpus = options.text("cpuset-cpus", "Processors that RUN may use (0-3, 0,1)");
    private final TextOption file =
            options.text('f', "file", "Dockerfile to use instead of PATH/Dockerfile; - for standard input");
    private final Flag forceRm = options.flag("force-rm", "Remove intermediate containers even after a failure");
    private final TextOption iidfile = options.text("iidfile", "File to write the image's id to");
    private final ListOption label = options.list("label", "Label the image: KEY=VALUE");
    private final ParsedOption<Long> memory =
            options.parsed('m', "memory", "bytes", 0L, "Most memory of RUN", ValueParsers::bytes);
    private final TextOption network = options.text('\0', "network", "string", "default", "Network of RUN");
    private final Flag noCache = options.flag("no-cache", "Build every layer anew");
    private final TextOption platform = options.text("platform", "Platform to build for: OS[/ARCH[/VARIANT]]");
    private final TextOption progress =
            options.text("progress", "How steps are shown: auto, tty, plain, quiet, rawjson, classic");
    private final Flag pull = options.flag("pull", "Look for newer versions of the base images");
    private final Flag quiet = options.flag('q', "quiet", "Print only the image's id");
    private final Flag rm = options.flagOn("rm", "Remove intermediate containers");
    private final ListOption securityOpt = options.list("security-opt", "Security option of RUN");
    private final ParsedOption<Long> shmSize =
            options.parsed('\0', "shm-size", "bytes", 0L, "Size of /dev/shm for RUN", ValueParsers::bytes);
    private final ListOption tag = options.list('t', "tag", "Name, and perhaps tag, of the image");
    private final TextOption target = options.text("target", "Stage to build");

    private Optional<ContextSender> sender = Optional.empty();

    public BuildCommand() {
        super("[OPTIONS] PATH | URL | -", "Build an image from a Dockerfile", Arity.exactly(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("image build", "build", "builder build");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        Request request = Request.post(check.value() ? "/priok/build/check" : "/build");
        addQuery(session, request);
        addContext(session, request, arguments.getFirst());
        if (check.value()) {
            try (Reply reply = session.client().send(request)) {
                return new CheckOutput(session.out(), checkFormat.value()).print(reply.object());
            }
        }
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        PrintStream out = quiet.value() ? new PrintStream(kept, false, StandardCharsets.UTF_8) : session.out();
        boolean isTerminal = !quiet.value() && session.terminal().isOutput();
        String[] id = {""};
        String[] failed = {""};
        try (Reply reply = session.client().send(request)) {
            show(session, reply, out, isTerminal, aux -> {
                sender.ifPresent(s -> s.note(aux));
                id[0] = idOf(aux, id[0]);
                failed[0] = aux.has("FailedStep") ? aux.text("FailedStep") : failed[0];
            });
        } catch (CommandFailed e) {
            out.flush();
            session.err().print(quiet.value() ? kept.toString(StandardCharsets.UTF_8) : "");
            if (!failed[0].isEmpty()) {
                new FailedStepShell(session).open(failed[0], e.message());
            }
            throw e;
        } finally {
            endSending();
        }
        out.flush();
        if (!iidfile.value().isEmpty()) {
            if (id[0].isEmpty()) {
                throw new CommandFailed("server did not provide an image ID; cannot write " + iidfile.value());
            }
            Files.writeString(Path.of(iidfile.value()), id[0]);
        }
        session.out().print(quiet.value() ? kept.toString(StandardCharsets.UTF_8) : "");
        return 0;
    }

    private void endSending() {
        if (sender.isPresent()) {
            sender.get().end();
            try {
                sender.get().save();
            } catch (IOException _) {
                // Without a note of what was sent the next build sends it again.
            }
        }
    }

    private void show(Session session, Reply reply, PrintStream out, boolean isTerminal, Consumer<JsonObject> notes)
            throws IOException {
        Terminal.Size size = isTerminal ? session.terminal().size() : Terminal.Size.UNKNOWN;
        Optional<BuildProgress.Style> style = style(isTerminal);
        if (style.isPresent()) {
            BuildProgress shown = new BuildProgress(out, style.get(), size.columns(), size.rows(), session.clock());
            try {
                shown.show(reply.body(), notes);
            } finally {
                if (explain.value()) {
                    shown.explain();
                }
            }
        } else {
            new ProgressLog(out, isTerminal, size.columns()).show(reply.body(), notes::accept);
        }
    }

    /** How steps are shown; nothing for the lines of docker's classic builder, which scripts read. */
    private Optional<BuildProgress.Style> style(boolean isTerminal) {
        if (quiet.value()) {
            return Optional.empty();
        }
        return switch (progress.value()) {
            case "tty" -> Optional.of(BuildProgress.Style.TREE);
            case "plain" -> Optional.of(BuildProgress.Style.PLAIN);
            case "rawjson" -> Optional.of(BuildProgress.Style.JSON);
            case "classic", "quiet" -> Optional.empty();
            default ->
                isTerminal || explain.value()
                        ? Optional.of(isTerminal ? BuildProgress.Style.TREE : BuildProgress.Style.PLAIN)
                        : Optional.empty();
        };
    }

    private static String idOf(JsonObject aux, String before) {
        return aux.has("ID") ? aux.text("ID") : before;
    }

    private void addQuery(Session session, Request request) throws IOException {
        tag.values().forEach(name -> request.query("t", name));
        addHost.values().forEach(host -> request.query("extrahosts", host));
        securityOpt.values().forEach(value -> request.query("securityopt", value));
        request.queryIf(quiet.value(), "q")
                .queryIf(noCache.value(), "nocache")
                .queryIf(pull.value(), "pull")
                .query("rm", rm.value() ? "1" : "0")
                .queryIf(forceRm.value(), "forcerm")
                .queryUnlessEmpty("target", target.value())
                .queryUnlessEmpty("platform", platform.value())
                .queryUnlessEmpty("cgroupparent", cgroupParent.value())
                .queryUnlessEmpty("cpusetcpus", cpusetCpus.value())
                .queryUnlessEmpty("cpushares", cpuShares.isSet() ? Long.toString(cpuShares.value()) : "")
                .queryUnlessEmpty("memory", memory.isSet() ? Long.toString(memory.value()) : "")
                .queryUnlessEmpty("shmsize", shmSize.isSet() ? Long.toString(shmSize.value()) : "")
                .queryUnlessEmpty("networkmode", network.isSet() ? network.value() : "")
                .queryUnlessEmpty(
                        "cachefrom", cacheFrom.isSet() ? Json.write(CacheOption.all(session, cacheFrom.values())) : "")
                .queryUnlessEmpty("labels", label.isSet() ? Json.write(Pairs.of(label.values())) : "")
                .queryUnlessEmpty("buildargs", buildArg.isSet() ? Json.write(buildArguments(session)) : "");
        if (progress.isSet()
                && !List.of("auto", "plain", "tty", "quiet", "rawjson", "classic")
                        .contains(progress.value())) {
            throw new CommandFailed("invalid progress mode: " + progress.value());
        }
    }

    /** What docker's daemon has no parameters for. */
    private void addOwnQuery(Session session, Request request, BuildInputs inputs) {
        allow.values().forEach(value -> request.query("allow", value));
        if (!List.of("clamp", "keep").contains(timestamps.value())) {
            throw new CommandFailed("invalid --timestamps " + timestamps.value() + ": clamp or keep");
        }
        request.queryUnlessEmpty("timestamps", timestamps.isSet() ? timestamps.value() : "")
                .queryIf(debug.value(), "keepfailure")
                .queryUnlessEmpty(
                        "cacheto", cacheTo.isSet() ? Json.write(CacheOption.all(session, cacheTo.values())) : "")
                .queryUnlessEmpty("contexts", inputs.remotes().isEmpty() ? "" : Json.write(inputs.remotes()));
        boolean isTerminal = !quiet.value() && session.terminal().isOutput();
        if (style(isTerminal).isPresent()) {
            request.query("progress", "status");
        }
    }

    /** A name without value takes this process's, or stays unset. */
    private Map<String, @Nullable Object> buildArguments(Session session) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        for (String text : buildArg.values()) {
            int equals = text.indexOf('=');
            if (equals >= 0) {
                arguments.put(text.substring(0, equals), text.substring(equals + 1));
            } else {
                arguments.put(text, session.hasEnvironment(text) ? session.environment(text) : null);
            }
        }
        return arguments;
    }

    private void addContext(Session session, Request request, String path) throws IOException {
        Credentials.addAllTo(session, request);
        BuildInputs inputs = BuildInputs.of(session, secret.values(), buildContext.values(), ssh.values());
        addOwnQuery(session, request, inputs);
        if (!inputs.isEmpty() && path.equals("-")) {
            throw new CommandFailed(
                    "--secret, --ssh and --build-context need another build context than standard input");
        }
        boolean isOurs = session.client().pingHeader("priok-build-context").equals("2");
        boolean takesLists = isOurs && !check.value();
        if (!inputs.agents().known().isEmpty() && !isOurs) {
            throw new CommandFailed("--ssh needs a daemon of Priok: this one cannot ask an agent");
        }
        if (!inputs.isEmpty() && !isOurs && isRemote(path)) {
            throw new CommandFailed("--secret and --build-context with the remote build context " + path
                    + " need a daemon of Priok: this one takes nothing beside it");
        }
        if (check.value() && isSsh(path)) {
            throw new CommandFailed("--check asks no ssh agent, which the build context " + path
                    + " needs: check a folder, or give its address by https");
        }
        if (path.equals("-")) {
            addStandardInput(session, request);
        } else if (isRemote(path)) {
            request.query("remote", path).queryUnlessEmpty("dockerfile", file.value());
            if (!inputs.isEmpty() && takesLists) {
                sendAsked(session, request, BuildContext.nothing(), inputs, 0);
            }
        } else {
            BuildContext context = file.value().equals("-")
                    ? BuildContext.of(path, session.in().readNBytes(MAXIMUM_DOCKERFILE_BYTES))
                    : BuildContext.of(path, file.value());
            request.query("dockerfile", context.dockerfile());
            // Whether a checkout is writable for its group tells of its owner's umask, and should not make another
            // image.
            int cleared = timestamps.value().equals("keep") ? 0 : 0022;
            if (takesLists) {
                sendAsked(session, request, context, inputs, cleared);
                return;
            }
            request.stream(
                    inputs.isEmpty() ? "application/x-tar" : PACKED,
                    out -> tellSize(session, context.writeTo(out, inputs::writeTo, cleared)));
        }
    }

    private void sendAsked(Session session, Request request, BuildContext context, BuildInputs inputs, int clearedMode)
            throws IOException {
        ContextSender asked = new ContextSender(
                context, inputs::writeTo, indexFolder(session), clearedMode, inputs.agents(), session.clock());
        sender = Optional.of(asked);
        request.stream(ASKED, out -> asked.writeTo(out, bytes -> tellSize(session, bytes)));
    }

    private static Path indexFolder(Session session) {
        String cache = session.environment("XDG_CACHE_HOME");
        Path base = cache.isEmpty() ? Path.of(session.environment("HOME"), ".cache") : Path.of(cache);
        return base.resolve("priok").resolve("contexts");
    }

    private void addStandardInput(Session session, Request request) throws IOException {
        PushbackInputStream in = new PushbackInputStream(session.in(), MAGIC_BYTES);
        byte[] magic = in.readNBytes(MAGIC_BYTES);
        in.unread(magic);
        if (isArchive(magic)) {
            request.queryUnlessEmpty("dockerfile", file.value());
            request.stream("application/x-tar", out -> tellSize(session, ((InputStream) in).transferTo(out)));
            return;
        }
        if (!file.value().isEmpty()) {
            throw new CommandFailed("invalid argument: can't use a Dockerfile and a Dockerfile on standard input");
        }
        byte[] dockerfile = in.readNBytes(MAXIMUM_DOCKERFILE_BYTES);
        request.stream("application/x-tar", out -> tellSize(session, BuildContext.writeOnly(out, dockerfile)));
    }

    private void tellSize(Session session, long bytes) {
        if (!quiet.value()
                && !check.value()
                && style(session.terminal().isOutput()).isEmpty()) {
            session.out().println("Sending build context to the daemon  " + HumanSize.ofThousandsPrecise(bytes));
            session.out().flush();
        }
    }

    private static boolean isRemote(String path) {
        return path.startsWith("http://")
                || path.startsWith("https://")
                || path.startsWith("git://")
                || isSsh(path)
                || path.startsWith("github.com/");
    }

    private static boolean isSsh(String path) {
        return path.startsWith("git@") || path.startsWith("ssh://");
    }

    /** tar, or anything compressed. */
    private static boolean isArchive(byte[] magic) {
        boolean isTar = magic.length >= 262 && new String(magic, 257, 5, StandardCharsets.US_ASCII).equals("ustar");
        return isTar
                || startsWith(magic, 0x1f, 0x8b)
                || startsWith(magic, 'B', 'Z', 'h')
                || startsWith(magic, 0xfd, '7', 'z', 'X', 'Z')
                || startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd);
    }

    private static boolean startsWith(byte[] bytes, int... expected) {
        for (int i = 0; i < expected.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xff) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
