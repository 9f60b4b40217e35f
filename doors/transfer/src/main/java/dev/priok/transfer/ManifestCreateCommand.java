package dev.priok.transfer;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.core.ImageReference;
import dev.priok.distribution.Registries;
import dev.priok.transfer.place.RegistryPlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code manifest create}: begins a list of manifests on this machine. */
final class ManifestCreateCommand extends Command {
    private final Flag amend = options.flag('a', "amend", "Change a list that is there");
    private final RegistryOptions registry = new RegistryOptions(options);

    ManifestCreateCommand() {
        super(
                "[OPTIONS] LIST MANIFEST [MANIFEST...]",
                "Make a list of manifests to annotate and push",
                Arity.atLeast(2));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        ImageReference name = RegistryOptions.image(arguments.getFirst());
        Optional<ManifestList> before = ManifestList.find(session, name);
        if (before.isPresent() && !amend.value()) {
            throw new CommandFailed("refusing to amend an existing manifest list with no --amend flag");
        }
        ManifestList list = before.orElse(new ManifestList(List.of()));
        List<String> hosts = new ArrayList<>();
        arguments.forEach(argument -> hosts.addAll(RegistryOptions.hosts(argument)));
        try (Registries registries = registry.open(session, hosts)) {
            for (String manifest : arguments.subList(1, arguments.size())) {
                ImageReference image = RegistryOptions.image(manifest);
                try (RegistryPlace place =
                        RegistryPlace.toRead(registries, image, RegistryOptions.credentials(session, image))) {
                    list = list.with(ManifestList.look(manifest, place));
                }
            }
        }
        list.keep(session, name);
        session.out().println("Created manifest list " + name);
        return 0;
    }
}
