package dev.priok.transfer;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.NumberOption;
import dev.priok.cli.option.TextOption;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.distribution.Registries;
import dev.priok.transfer.place.Copier;
import dev.priok.transfer.place.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code copy}: an image from where it is to somewhere else, to the byte. */
final class CopyCommand extends Command {
    private static final int JOBS = 4;
    private static final int MOST_JOBS = 64;

    private final RegistryOptions registry = new RegistryOptions(options);
    private final NumberOption jobs = options.number("jobs", JOBS, "Blobs to copy at once");
    private final TextOption platform =
            options.text("platform", "Copy this platform of the image alone: OS[/ARCH[/VARIANT]]");
    private final Flag quiet = options.flag('q', "quiet", "Print the digest alone");
    private final Flag referrers =
            options.flag("referrers", "Copy also what is about the image: signatures,\nattestations");

    CopyCommand() {
        super(
                "[OPTIONS] SOURCE DESTINATION",
                "Copy an image between registries, archives and layouts: NAME[:TAG|@DIGEST], oci:FOLDER[:REF],"
                        + " oci-archive:FILE[:REF], docker-archive:FILE[:NAME:TAG]",
                Arity.exactly(2));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (jobs.value() < 1 || jobs.value() > MOST_JOBS) {
            throw Failure.invalid("--jobs is %d: want 1 to %d", jobs.value(), MOST_JOBS);
        }
        Optional<Platform> wanted =
                platform.value().isEmpty() ? Optional.empty() : Optional.of(Platform.parse(platform.value()));
        List<String> hosts = new ArrayList<>(RegistryOptions.hosts(arguments.getFirst()));
        hosts.addAll(RegistryOptions.hosts(arguments.getLast()));
        try (Registries registries = registry.open(session, hosts);
                Place from = RegistryOptions.from(session, registries, arguments.getFirst());
                Place to = RegistryOptions.to(session, registries, arguments.getLast())) {
            Copier.Plan plan = new Copier.Plan(wanted, referrers.value(), (int) jobs.value());
            Digest digest = new Copier(from, to, plan, line -> {
                        if (!quiet.value()) {
                            session.err().println(line);
                        }
                    })
                    .run();
            session.out().println(digest);
            return 0;
        }
    }
}
