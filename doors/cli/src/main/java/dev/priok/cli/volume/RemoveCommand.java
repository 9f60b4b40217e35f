package dev.priok.cli.volume;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.util.List;

/** {@code volume rm} and {@code network rm}. */
public final class RemoveCommand extends Command {
    private final String collection;
    private final Flag force;

    private RemoveCommand(String collection, String noun, String summary, String forceHelp) {
        super("[OPTIONS] " + noun + " [" + noun + "...]", summary, Arity.atLeast(1));
        this.collection = collection;
        this.force = options.flag('f', "force", forceHelp);
    }

    public static RemoveCommand volume() {
        return new RemoveCommand(
                "volumes",
                "VOLUME",
                "Remove one or more volumes, or snapshots (VOLUME@SNAPSHOT)",
                "Remove even what the driver cannot find");
    }

    public static RemoveCommand network() {
        return new RemoveCommand(
                "networks", "NETWORK", "Remove one or more networks", "Do not fail for networks that do not exist");
    }

    @Override
    public int run(Session session, List<String> arguments) {
        boolean isVolume = collection.equals("volumes");
        return Targets.each(session, arguments, name -> {
            SnapshotName snapshot = SnapshotName.parse(name);
            if (isVolume && !snapshot.snapshot().isEmpty()) {
                session.client()
                        .call(Request.delete(snapshot.path() + "/snapshots/" + Request.segment(snapshot.snapshot())));
                return name;
            }
            Request request = Request.delete("/" + collection + "/" + Request.segment(name));
            try {
                session.client().call(request.queryIf(isVolume && force.value(), "force"));
            } catch (Failure e) {
                if (isVolume || !force.value() || e.kind() != Failure.Kind.NOT_FOUND) {
                    throw e;
                }
                return "";
            }
            return name;
        });
    }
}
