package dev.priok.cli.command;

import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Options;
import java.io.IOException;
import java.util.List;

/** One command: declares its options in its fields, then runs once. */
public abstract class Command {
    /** The options; subclasses declare theirs in their fields. */
    protected final Options options = new Options();

    private final String synopsis;
    private final String summary;
    private final Arity arity;

    /**
     * @param synopsis what follows the command's name in the usage line
     * @param summary one line for lists of commands
     * @param arity how many arguments it takes
     */
    protected Command(String synopsis, String summary, Arity arity) {
        this.synopsis = synopsis;
        this.summary = summary;
        this.arity = arity;
    }

    public final Options options() {
        return options;
    }

    public final String synopsis() {
        return synopsis;
    }

    public final String summary() {
        return summary;
    }

    public final Arity arity() {
        return arity;
    }

    /** Other names of the command, full, for the help text. */
    public List<String> aliases() {
        return List.of();
    }

    /**
     * Does the work after the options are parsed.
     *
     * @return the exit code
     * @throws CommandFailed when it cannot be done
     * @throws dev.priok.core.Failure when the daemon refuses
     * @throws IOException when a connection or a file breaks
     */
    public abstract int run(Session session, List<String> arguments) throws IOException;
}
