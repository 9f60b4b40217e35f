package dev.priok.transfer;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.distribution.Registries;
import dev.priok.distribution.Repository;
import dev.priok.oci.image.Index;
import java.io.IOException;
import java.util.List;

/** {@code referrers rm}: deletes what is about an image from its registry. */
final class ReferrersRmCommand extends Command {
    private final RegistryOptions registry = new RegistryOptions(options);

    ReferrersRmCommand() {
        super("[OPTIONS] IMAGE DIGEST [DIGEST...]", "Delete what is about an image", Arity.atLeast(2));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        ImageReference image = RegistryOptions.image(arguments.getFirst());
        try (Registries registries = registry.open(session, RegistryOptions.hosts(arguments.getFirst()))) {
            Repository repository = registries.writing(image, RegistryOptions.credentials(session, image));
            String reference =
                    image.digest().map(Digest::toString).or(image::tag).orElse("latest");
            Digest subject = repository
                    .head(reference)
                    .orElseThrow(() -> Failure.notFound("no such manifest: %s", image.familiar()))
                    .parsedDigest();
            List<String> about = repository.referrers(subject).stream()
                    .map(Index.Entry::digest)
                    .toList();
            for (String text : arguments.subList(1, arguments.size())) {
                Digest digest = Digest.parse(text);
                // Asked first: a digest of something else must not be deleted by a command that only means remarks.
                if (!about.contains(text) || !repository.deleteReferrer(digest)) {
                    throw new CommandFailed(text + " is not about " + image.familiar());
                }
                session.out().println("Deleted: " + text);
            }
            return 0;
        }
    }
}
