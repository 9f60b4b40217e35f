package dev.priok.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.priok.core.Failure;
import dev.priok.network.Wiring;
import dev.priok.network.WiringConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Entry point of {@code priokd}. */
public final class Main {
    private static final String VERSION = "0.1.0";
    private static final int USAGE_ERROR = 1;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        try {
            CommandLine line = CommandLine.parse(arguments);
            if (line.asksFor(DaemonOption.HELP)) {
                System.out.println(help());
                return 0;
            }
            if (line.asksFor(DaemonOption.VERSION)) {
                System.out.println("Priok version " + VERSION);
                return 0;
            }
            DaemonConfig config = DaemonConfig.of(line);
            if (line.asksFor(DaemonOption.VALIDATE)) {
                System.out.println("configuration OK");
                return 0;
            }
            if (line.asksFor(DaemonOption.CLEANUP)) {
                return cleanUp(config);
            }
            return serve(config);
        } catch (Failure | IOException e) {
            System.err.println("priokd: " + e.getMessage());
            return USAGE_ERROR;
        }
    }

    /** Removes what a daemon with these options leaves in the kernel for containers that run on; refused while one runs. */
    private static int cleanUp(DaemonConfig config) throws IOException {
        Files.createDirectories(config.dataRoot());
        try (RootLock _ = RootLock.take(config.dataRoot());
                Wiring wiring = Wiring.ofHost(new WiringConfig(
                        config.network().table(), 0, config.network().forwarding(), false))) {
            wiring.cleanup();
        }
        System.out.println("removed: table " + config.network().table() + " and its links");
        return 0;
    }

    private static int serve(DaemonConfig config) throws IOException {
        ((LoggerContext) LoggerFactory.getILoggerFactory())
                .getLogger(Logger.ROOT_LOGGER_NAME)
                .setLevel(Level.toLevel(config.logLevel()));
        Logger log = LoggerFactory.getLogger(Main.class);
        Daemon daemon = Daemon.start(config, VERSION);
        CountDownLatch closed = new CountDownLatch(1);
        // SIGTERM and SIGINT begin the JVM's shutdown, which waits for this hook.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            log.info("stopping; containers run on");
            daemon.close();
            closed.countDown();
            // The signal was obeyed: that is success, not 128 and its number.
            Runtime.getRuntime().halt(0);
        }));
        log.info("priokd {} listens on {}", VERSION, String.join(", ", config.hosts()));
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    private static String help() {
        StringBuilder text = new StringBuilder("Usage:  priokd [OPTIONS]\n\nA daemon for containers.\n\nOptions:\n");
        for (DaemonOption option : DaemonOption.values()) {
            text.append(option.help()).append('\n');
        }
        return text.toString();
    }
}
