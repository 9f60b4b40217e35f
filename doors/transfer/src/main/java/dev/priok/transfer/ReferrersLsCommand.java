package dev.priok.transfer;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.distribution.Registries;
import dev.priok.oci.image.Index;
import dev.priok.transfer.place.Place;
import java.io.IOException;
import java.util.List;

/** {@code referrers ls}: what is about an image. */
final class ReferrersLsCommand extends Command {
    private final RegistryOptions registry = new RegistryOptions(options);
    private final Flag quiet = options.flag('q', "quiet", "Show digests alone");
    private final TextOption type = options.text("type", "Show only what is of this artifact type");

    ReferrersLsCommand() {
        super("[OPTIONS] IMAGE", "List what is about an image", Arity.exactly(1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        try (Registries registries = registry.open(session, RegistryOptions.hosts(arguments.getFirst()));
                Place place = RegistryOptions.from(session, registries, arguments.getFirst())) {
            List<Index.Entry> found = place.referrers(place.top().digest()).stream()
                    .filter(entry -> type.value().isEmpty() || type.value().equals(entry.artifactType()))
                    .toList();
            if (!quiet.value()) {
                session.out().printf("%-71s   %12s   %s%n", "DIGEST", "SIZE", "ARTIFACT TYPE");
            }
            for (Index.Entry entry : found) {
                if (quiet.value()) {
                    session.out().println(entry.digest());
                } else {
                    session.out().printf("%-71s   %12d   %s%n", entry.digest(), entry.size(), entry.artifactType());
                }
            }
            return 0;
        }
    }
}
