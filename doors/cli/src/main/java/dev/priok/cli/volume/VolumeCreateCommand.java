package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Pairs;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code volume create}. */
public final class VolumeCreateCommand extends Command {
    private final TextOption driver = options.text('d', "driver", "string", "local", "Driver of the volume");
    private final ListOption label = options.list("label", "Label the volume: KEY=VALUE");
    private final TextOption name = options.text("name", "Name of the volume");
    private final ListOption opt = options.list('o', "opt", "Option of the driver: KEY=VALUE");

    public VolumeCreateCommand() {
        super("[OPTIONS] [VOLUME]", "Create a volume", Arity.between(0, 1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (name.isSet() && !arguments.isEmpty()) {
            throw new CommandFailed(
                    "conflicting options: cannot specify a volume-name through both --name and as a positional arg");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Name", arguments.isEmpty() ? name.value() : arguments.getFirst());
        body.put("Driver", driver.value());
        body.put("DriverOpts", Pairs.of(opt.values()));
        body.put("Labels", Pairs.of(label.values()));
        try (Reply reply = session.client().send(Request.post("/volumes/create").json(body))) {
            session.out().println(reply.object().text("Name"));
        }
        return 0;
    }
}
