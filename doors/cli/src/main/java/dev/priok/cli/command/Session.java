package dev.priok.cli.command;

import dev.priok.cli.terminal.Terminal;
import dev.priok.client.EngineClient;
import dev.priok.core.Failure;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a command may touch: standard streams, environment, clock, terminal, and the daemon. */
public final class Session {
    /** Where the daemon listens when nobody says otherwise. */
    public static final String DEFAULT_HOST = "unix:///var/run/priok.sock";

    private static final int BUFFER_BYTES = 16 * 1024;

    private final InputStream in;
    private final OutputStream rawOut;
    private final OutputStream rawErr;
    private final PrintStream out;
    private final PrintStream err;
    private final Function<String, @Nullable String> environment;
    private final InstantSource clock;
    private final Terminal terminal;
    private DaemonChoice.Wishes wishes = new DaemonChoice.Wishes(List.of(), "", false, false, "", "", "");
    private @Nullable EngineClient client;
    private String configFolder = "";

    public Session(
            InputStream in,
            OutputStream out,
            OutputStream err,
            Function<String, @Nullable String> environment,
            InstantSource clock,
            Terminal terminal) {
        this.in = in;
        this.rawOut = out;
        this.rawErr = err;
        this.out = new PrintStream(new BufferedOutputStream(out, BUFFER_BYTES), false, StandardCharsets.UTF_8);
        this.err = new PrintStream(new BufferedOutputStream(err, BUFFER_BYTES), true, StandardCharsets.UTF_8);
        this.environment = environment;
        this.clock = clock;
        this.terminal = terminal;
    }

    public InputStream in() {
        return in;
    }

    /** Standard output as text, buffered until {@link #flush}. */
    public PrintStream out() {
        return out;
    }

    /** Standard error as text; every line goes out at once. */
    public PrintStream err() {
        return err;
    }

    /** Standard output as bytes, unbuffered; do not mix with {@link #out} without {@link #flush}. */
    public OutputStream rawOut() {
        return rawOut;
    }

    /** Standard error as bytes, unbuffered. */
    public OutputStream rawErr() {
        return rawErr;
    }

    public void flush() {
        out.flush();
        err.flush();
    }

    /** Value of an environment variable; empty when unset. */
    public String environment(String name) {
        String value = environment.apply(name);
        return value == null ? "" : value;
    }

    /** Whether an environment variable is set, even to nothing. */
    public boolean hasEnvironment(String name) {
        return environment.apply(name) != null;
    }

    public InstantSource clock() {
        return clock;
    }

    public Terminal terminal() {
        return terminal;
    }

    /** Folder of docker's {@code config.json}, which holds credentials. */
    public Path configFolder() {
        String folder = configFolder.isEmpty() ? environment("DOCKER_CONFIG") : configFolder;
        return folder.isEmpty() ? Path.of(environment("HOME"), ".docker") : Path.of(folder);
    }

    /** What {@code --config} said; empty for nothing. */
    public void useConfigFolder(String folder) {
        configFolder = folder;
    }

    /** Docker's {@code config.json} in {@link #configFolder}. */
    public ConfigFile configFile() {
        return new ConfigFile(configFolder());
    }

    /** What the options before the command said of the daemon; see docker's for what they mean. */
    public void useDaemon(
            List<String> hosts,
            String context,
            boolean tls,
            boolean verify,
            String authority,
            String certificate,
            String key) {
        wishes = new DaemonChoice.Wishes(List.copyOf(hosts), context, tls, verify, authority, certificate, key);
    }

    /** The daemon that the command line, the environment or the current context names; else the default socket. */
    public synchronized EngineClient client() {
        EngineClient existing = client;
        if (existing != null) {
            return existing;
        }
        try {
            EngineClient made =
                    new EngineClient(new DaemonChoice(this, wishes).address(), environment("DOCKER_API_VERSION"));
            client = made;
            return made;
        } catch (Failure e) {
            throw new CommandFailed(e.message());
        } catch (IOException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()));
        }
    }
}
