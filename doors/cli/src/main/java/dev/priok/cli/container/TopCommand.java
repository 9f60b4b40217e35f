package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.Table;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.List;

/** {@code top}: the processes of a container, once or, beyond docker, anew every second until it ends. */
public final class TopCommand extends Command {
    private static final int MINIMUM_WIDTH = 20;
    private static final long REFRESH_MILLIS = 1000;
    private static final String TO_TOP = "\u001b[H";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final Flag follow = options.flag('f', "follow", "Show them anew every second until the container ends");

    public TopCommand() {
        super("[OPTIONS] CONTAINER [ps OPTIONS]", "Display the running processes of a container", Arity.atLeast(1));
        options.stopAtFirstArgument();
    }

    @Override
    public List<String> aliases() {
        return List.of("container top", "top");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        Table first = table(session, arguments);
        if (follow.value()) {
            follow(session, arguments, first);
        } else {
            session.out().print(first);
        }
        return 0;
    }

    /** On a terminal each table takes the place of the one before; elsewhere an empty line is between them. */
    private static void follow(Session session, List<String> arguments, Table first) throws IOException {
        boolean terminal = session.terminal().isOutput();
        Table table = first;
        try {
            while (!session.out().checkError()) {
                session.out().print(terminal ? TO_TOP : "");
                session.out().print(table);
                session.out().print(terminal ? CLEAR_BELOW : "\n");
                session.out().flush();
                Thread.sleep(REFRESH_MILLIS);
                table = table(session, arguments);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (Failure e) {
            // It has ended, or is gone: so has what there was to show.
            if (e.kind() != Failure.Kind.CONFLICT && e.kind() != Failure.Kind.NOT_FOUND) {
                throw e;
            }
        }
    }

    private static Table table(Session session, List<String> arguments) throws IOException {
        Request request = Request.get(Containers.path(arguments.getFirst()) + "/top")
                .queryUnlessEmpty("ps_args", String.join(" ", arguments.subList(1, arguments.size())));
        JsonObject answer;
        try (Reply reply = session.client().send(request)) {
            answer = reply.object();
        }
        Table table = new Table(MINIMUM_WIDTH, 1);
        table.addLine(String.join("\t", answer.texts("Titles")));
        if (answer.get("Processes") instanceof List<?> processes) {
            for (Object process : processes) {
                StringBuilder line = new StringBuilder();
                if (process instanceof List<?> cells) {
                    for (Object cell : cells) {
                        line.append(line.isEmpty() ? "" : "\t").append(cell);
                    }
                }
                table.addLine(line.toString());
            }
        }
        return table;
    }
}
