package dev.priok.cli;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.HelpText;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.Options;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.option.UsageError;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Finds the command that a command line means, parses its options, runs it, and turns failures into messages and codes. */
public final class Cli {
    /** Name of the program in usage lines and messages. */
    public static final String PROGRAM = "priok";

    /** What the kernel says when whoever reads standard output went away; a broken connection says more. */
    private static final String READER_GONE = "Broken pipe";
    /** Exit code of a process that SIGPIPE ends, which is how docker's client ends then. */
    private static final int CLOSED_OUTPUT = 141;

    private final Session session;
    private final More more;
    private final Options options = new Options();
    private final ListOption hosts = options.list('H', "host", "Daemon to talk to: unix://PATH or tcp://HOST:PORT");
    private final TextOption config =
            options.text("config", "Folder of config.json (default $DOCKER_CONFIG or ~/.docker)");
    private final TextOption context = options.text('c', "context", "Docker context that names the daemon");
    private final Flag tls = options.flag("tls", "Use TLS; implied by --tlsverify");
    private final TextOption tlsCaCert = options.text("tlscacert", "Trust certificates signed only by this CA, PEM");
    private final TextOption tlsCert = options.text("tlscert", "Certificate of this client, PEM");
    private final TextOption tlsKey = options.text("tlskey", "Key of that certificate, PEM");
    private final Flag tlsVerify = options.flag("tlsverify", "Use TLS and verify the daemon");
    private final Flag version = options.flag('v', "version", "Print the version of this command and quit");

    /** Commands that another program of this family has instead of ours of the same name. */
    @FunctionalInterface
    public interface More {
        /** @param group empty for a command of the top level */
        Optional<Command> find(String group, String name);
    }

    public Cli(Session session) {
        this(session, (_, _) -> Optional.empty());
    }

    public Cli(Session session, More more) {
        this.session = session;
        this.more = more;
        options.stopAtFirstArgument();
        options.flag('D', "debug", "Accepted for docker's sake");
        options.hideLast();
        options.text('l', "log-level", "Accepted for docker's sake");
        options.hideLast();
    }

    /** Runs one command line and returns its exit code; everything it says went to the session's streams. */
    public int run(List<String> words) {
        try {
            List<String> rest = options.parse(words);
            session.useConfigFolder(config.value());
            session.useDaemon(
                    hosts.values(),
                    context.value(),
                    tls.value(),
                    tlsVerify.value(),
                    tlsCaCert.value(),
                    tlsCert.value(),
                    tlsKey.value());
            if (version.value()) {
                session.out().println("Priok version " + Version.ofThisBuild());
                return 0;
            }
            if (rest.isEmpty() || options.isHelp()) {
                session.out().print(Catalogue.overview(options, helpWidth()));
                return 0;
            }
            return dispatch(rest);
        } catch (UsageError e) {
            return usageError(PROGRAM, "[OPTIONS] COMMAND [ARG...]", e);
        } catch (CommandFailed e) {
            return report(e.message(), e.exitCode());
        } catch (IOException | Failure e) {
            if (READER_GONE.equals(e.getMessage())) {
                return CLOSED_OUTPUT;
            }
            return report(Targets.message(e), CommandFailed.FAILURE);
        }
    }

    private int dispatch(List<String> words) throws IOException {
        String first = words.getFirst();
        List<String> rest = words.subList(1, words.size());
        if (first.equals("help")) {
            return help(rest);
        }
        if (Catalogue.isGroup(first)) {
            return dispatchGroup(first, rest);
        }
        Command command = more.find("", first).orElseGet(() -> Catalogue.find(first));
        if (command == null) {
            return unknown(PROGRAM, first, "");
        }
        return runCommand(PROGRAM + " " + first, command, rest);
    }

    private int dispatchGroup(String group, List<String> rest) throws IOException {
        String path = PROGRAM + " " + group;
        if (rest.isEmpty()) {
            session.err().print(Catalogue.groupHelp(group));
            return 0;
        }
        if (rest.getFirst().equals("--help") || rest.getFirst().equals("-h")) {
            session.out().print(Catalogue.groupHelp(group));
            return 0;
        }
        String name = rest.getFirst();
        if (name.startsWith("-")) {
            return usageError(path, "COMMAND", new UsageError("unknown flag: " + name));
        }
        Command command = more.find(group, name).orElseGet(() -> Catalogue.findInGroup(group, name));
        if (command == null) {
            return unknown(path, name, "Usage:  " + path + " COMMAND\n\n");
        }
        return runCommand(path + " " + name, command, rest.subList(1, rest.size()));
    }

    private int help(List<String> words) throws IOException {
        if (words.isEmpty()) {
            session.out().print(Catalogue.overview(options, helpWidth()));
            return 0;
        }
        return dispatch(List.of(words.getFirst(), words.size() > 1 ? words.get(1) : "--help", "--help"));
    }

    private int runCommand(String path, Command command, List<String> words) throws IOException {
        List<String> arguments;
        try {
            arguments = command.options().parse(words);
        } catch (UsageError e) {
            return usageError(path, command.synopsis(), e);
        }
        if (command.options().isHelp()) {
            session.out()
                    .print(new HelpText(helpWidth())
                            .usage(path, command.synopsis())
                            .paragraph(command.summary())
                            .aliases(PROGRAM, command.aliases())
                            .options("Options", command.options()));
            return 0;
        }
        String complaint = command.arity().complaint(path, arguments.size());
        if (!complaint.isEmpty()) {
            String usage =
                    new HelpText(helpWidth()).usage(path, command.synopsis()).toString();
            return report(
                    PROGRAM + ": " + complaint + "\n\n" + usage + "\n"
                            + (command.arity().isOpen() ? "See" : "Run") + " '" + path
                            + " --help' for more information",
                    CommandFailed.FAILURE);
        }
        return command.run(session, arguments);
    }

    private int unknown(String path, String name, String usage) {
        return report(
                PROGRAM + ": unknown command: " + path + " " + name + "\n\n" + usage + "Run '" + path
                        + " --help' for more information",
                CommandFailed.FAILURE);
    }

    private int usageError(String path, String synopsis, UsageError e) {
        String usage = new HelpText(helpWidth()).usage(path, synopsis).toString();
        return report(
                e.message() + "\n\n" + usage + "\nRun '" + path + " --help' for more information",
                CommandFailed.REFUSED);
    }

    private int report(String message, int exitCode) {
        session.out().flush();
        if (!message.isEmpty()) {
            session.err().println(message);
        }
        return exitCode;
    }

    private int helpWidth() {
        int columns = session.terminal().isOutput() ? session.terminal().size().columns() : 0;
        return columns > 0 ? columns : Catalogue.DEFAULT_WIDTH;
    }
}
