package dev.priok.cli.image;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.format.RepositoryTag;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;

/** Names of images that a user wrote, checked before the daemon is bothered. */
final class Names {
    private Names() {}

    /** Cuts a name; one that breaks the grammar of references ends the command. */
    static RepositoryTag checked(String name) {
        try {
            ImageReference _ = ImageReference.parse(name);
            return RepositoryTag.parse(name);
        } catch (Failure e) {
            throw new CommandFailed(e.message());
        }
    }
}
