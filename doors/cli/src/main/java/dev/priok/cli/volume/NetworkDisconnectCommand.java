package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.client.Request;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code network disconnect}. */
public final class NetworkDisconnectCommand extends Command {
    private final Flag force = options.flag('f', "force", "Take the container off though it cannot be reached");

    public NetworkDisconnectCommand() {
        super("[OPTIONS] NETWORK CONTAINER", "Disconnect a container from a network", Arity.exactly(2));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        session.client()
                .call(Request.post("/networks/" + Request.segment(arguments.getFirst()) + "/disconnect")
                        .json(Map.of("Container", arguments.getLast(), "Force", force.value())));
        return 0;
    }
}
