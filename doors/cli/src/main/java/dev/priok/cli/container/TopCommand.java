package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.Table;
import dev.priok.cli.option.Arity;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;

/** {@code top}: the processes of a container. */
public final class TopCommand extends Command {
    private static final int MINIMUM_WIDTH = 20;

    public TopCommand() {
        super("CONTAINER [ps OPTIONS]", "Display the running processes of a container", Arity.atLeast(1));
        options.stopAtFirstArgument();
    }

    @Override
    public List<String> aliases() {
        return List.of("container top", "top");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
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
        session.out().print(table);
        return 0;
    }
}
