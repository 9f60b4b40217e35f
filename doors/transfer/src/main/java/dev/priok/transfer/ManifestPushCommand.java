package dev.priok.transfer;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Registries;
import dev.priok.transfer.place.Copier;
import dev.priok.transfer.place.RegistryPlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code manifest push}: puts a list of manifests into its registry, and what it lists beside it. */
final class ManifestPushCommand extends Command {
    private static final int JOBS = 4;

    private final Flag purge = options.flag('p', "purge", "Forget the list on this machine afterwards");
    private final RegistryOptions registry = new RegistryOptions(options);

    ManifestPushCommand() {
        super("[OPTIONS] LIST", "Push a list of manifests", Arity.exactly(1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        ImageReference name = RegistryOptions.image(arguments.getFirst());
        ManifestList list = ManifestList.of(session, name);
        List<String> hosts = new ArrayList<>(RegistryOptions.hosts(arguments.getFirst()));
        list.parts().forEach(part -> hosts.addAll(RegistryOptions.hosts(part.name())));
        try (Registries registries = registry.open(session, hosts)) {
            for (ManifestList.Part part : list.parts()) {
                bring(session, registries, part, name);
            }
            try (RegistryPlace to =
                    RegistryPlace.toWrite(registries, name, RegistryOptions.credentials(session, name))) {
                ManifestBlob index = list.index();
                to.putManifest(index, true);
                session.out().println(index.digest());
            }
        }
        if (purge.value()) {
            ManifestList.forget(session, name);
        }
        return 0;
    }

    private static void bring(Session session, Registries registries, ManifestList.Part part, ImageReference list)
            throws IOException {
        ImageReference source = part.pinned();
        ImageReference target = new ImageReference(
                list.domain(),
                list.path(),
                Optional.empty(),
                Optional.of(Digest.parse(part.entry().digest())));
        if (source.equals(target)) {
            return;
        }
        try (RegistryPlace from =
                        RegistryPlace.toRead(registries, source, RegistryOptions.credentials(session, source));
                RegistryPlace to =
                        RegistryPlace.toWrite(registries, target, RegistryOptions.credentials(session, target))) {
            new Copier(from, to, new Copier.Plan(Optional.empty(), false, JOBS), session.err()::println).run();
        }
    }
}
