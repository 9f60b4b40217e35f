package dev.priok.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Entry point of {@code priok registry serve}, a registry without a daemon, and of {@code priok registry key}. */
public final class RegistryMain {
    private static final List<String> VALUES = List.of(
            "config",
            "listen",
            "data",
            "htpasswd",
            "tls-cert",
            "tls-key",
            "tls-client-ca",
            "anonymous",
            "upstream",
            "log-level");

    private static final String HELP = """
            Usage:  priok registry serve [OPTIONS]

            Serve a registry

            Options:
                  --anonymous string       What callers without a name may do: none, pull, push
                  --config string          Configuration file, JSON; flags win
                  --data string            Folder of what is kept (default "/var/lib/priok-registry")
                  --htpasswd string        Users with bcrypt hashes, as htpasswd -B writes them
                  --listen string          Address and port (default "127.0.0.1:5000")
                  --log-level string       debug, info, warn or error (default "info")
                  --tls-cert string        Certificate, PEM
                  --tls-client-ca string   Who signs certificates of clients, PEM
                  --tls-key string         Private key, PEM, PKCS #8
                  --token                  Give tokens, so that clients do not send the password each time
                  --upstream string        Keep copies of this registry, and nothing else
            """;

    private RegistryMain() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        boolean keys = arguments.length > 0 && arguments[0].equals("key");
        try {
            if (keys) {
                List<String> rest = new ArrayList<>();
                Map<String, String> flags = flags(
                        RegistryKeys.VALUES,
                        "password-stdin",
                        rest,
                        Arrays.copyOfRange(arguments, 1, arguments.length));
                return new RegistryKeys(flags).run(rest);
            }
            Map<String, String> flags = flags(VALUES, "token", null, arguments);
            if (flags.containsKey("help")) {
                System.out.print(HELP);
                return 0;
            }
            ((LoggerContext) LoggerFactory.getILoggerFactory())
                    .getLogger(Logger.ROOT_LOGGER_NAME)
                    .setLevel(Level.toLevel(flags.getOrDefault("log-level", "info")));
            return serve(config(flags));
        } catch (Failure | IOException e) {
            System.err.println("priok registry " + (keys ? "key" : "serve") + ": " + e.getMessage());
            return 1;
        }
    }

    /**
     * Reads flags.
     *
     * @param values those that have a value
     * @param alone the one that has none
     * @param rest takes what is no flag; null where nothing else may be
     */
    private static Map<String, String> flags(
            List<String> values, String alone, @Nullable List<String> rest, String... arguments) {
        Map<String, String> flags = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            String bare = name.startsWith("--") ? name.substring(2) : name.equals("-h") ? "help" : "";
            if (bare.equals("help") || bare.equals(alone)) {
                flags.put(bare, "true");
            } else if (rest != null && !name.startsWith("-")) {
                rest.add(argument);
            } else if (!values.contains(bare)) {
                throw Failure.invalid("unknown flag: %s; see --help", name);
            } else if (equals >= 0) {
                flags.put(bare, argument.substring(equals + 1));
            } else if (++i < arguments.length) {
                flags.put(bare, arguments[i]);
            } else {
                throw Failure.invalid("flag needs an argument: %s", argument);
            }
        }
        return flags;
    }

    private static RegistryConfig config(Map<String, String> flags) throws IOException {
        ObjectNode tree = flags.containsKey("config")
                ? RegistryConfig.tree(Path.of(flags.get("config")))
                : RegistryConfig.emptyTree();
        for (String name : List.of("listen", "data", "htpasswd", "anonymous")) {
            if (flags.containsKey(name)) {
                tree.put(name, flags.get(name));
            }
        }
        if (flags.containsKey("token")) {
            tree.put("token", true);
        }
        if (flags.containsKey("tls-cert") != flags.containsKey("tls-key")) {
            throw Failure.invalid("--tls-cert and --tls-key belong together");
        }
        if (flags.containsKey("tls-cert")) {
            ObjectNode tls = tree.putObject("tls");
            tls.put("certificate", flags.get("tls-cert")).put("key", flags.get("tls-key"));
            if (flags.containsKey("tls-client-ca")) {
                tls.put("clientAuthorities", flags.get("tls-client-ca"));
            }
        }
        if (flags.containsKey("upstream")) {
            tree.putArray("upstreams").addObject().put("registry", flags.get("upstream"));
        }
        return RegistryConfig.of(tree, flags.getOrDefault("config", "flags"));
    }

    private static int serve(RegistryConfig config) throws IOException {
        RegistryService service = RegistryService.alone(config);
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            service.close();
            closed.countDown();
            // The signal was obeyed: that is success, not 128 and its number.
            Runtime.getRuntime().halt(0);
        }));
        try {
            closed.await();
        } catch (InterruptedException e) {
            LoggerFactory.getLogger(RegistryMain.class).debug("interrupted", e);
        }
        return 0;
    }
}
