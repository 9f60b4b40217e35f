package dev.priok.transfer;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.distribution.Registries;
import dev.priok.transfer.place.Copier;
import dev.priok.transfer.place.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code referrers copy}: what is about an image, after the image was copied without it. */
final class ReferrersCopyCommand extends Command {
    private static final int JOBS = 4;

    private final RegistryOptions registry = new RegistryOptions(options);

    ReferrersCopyCommand() {
        super("[OPTIONS] SOURCE DESTINATION", "Copy what is about an image, not the image", Arity.exactly(2));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        List<String> hosts = new ArrayList<>(RegistryOptions.hosts(arguments.getFirst()));
        hosts.addAll(RegistryOptions.hosts(arguments.getLast()));
        try (Registries registries = registry.open(session, hosts);
                Place from = RegistryOptions.from(session, registries, arguments.getFirst());
                Place to = RegistryOptions.to(session, registries, arguments.getLast())) {
            Copier.Plan plan = new Copier.Plan(Optional.empty(), true, JOBS);
            int copied = new Copier(from, to, plan, session.err()::println).referrers();
            session.out().println("Copied " + copied + " referrers");
            return 0;
        }
    }
}
