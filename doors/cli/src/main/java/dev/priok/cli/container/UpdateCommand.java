package dev.priok.cli.container;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code update}: changes limits and restart policy of containers. */
public final class UpdateCommand extends Command {
    private final ResourceOptions resources = ResourceOptions.forUpdate(options);
    private final TextOption restart = options.text("restart", "Restart policy to apply when a container exits");

    public UpdateCommand() {
        super("[OPTIONS] CONTAINER [CONTAINER...]", "Update configuration of one or more containers", Arity.atLeast(1));
    }

    @Override
    public List<String> aliases() {
        return List.of("container update", "update");
    }

    @Override
    public int run(Session session, List<String> arguments) {
        Map<String, Object> body = new LinkedHashMap<>();
        resources.addTo(body);
        if (restart.isSet()) {
            body.put("RestartPolicy", RestartPolicy.parse(restart.value()));
        }
        if (body.isEmpty()) {
            throw new CommandFailed("you must provide one or more flags when using this command");
        }
        return Targets.each(session, arguments, container -> {
            try (Reply reply =
                    session.client().send(Containers.post(container, "update").json(body))) {
                reply.object().texts("Warnings").forEach(session.err()::println);
            }
            return container;
        });
    }
}
