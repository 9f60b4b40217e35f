package dev.priok.transfer;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.TextOption;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import dev.priok.oci.image.Index;
import java.io.IOException;
import java.util.List;

/** {@code manifest annotate}: says what a manifest of a list is for. */
final class ManifestAnnotateCommand extends Command {
    private final TextOption arch = options.text("arch", "Architecture");
    private final TextOption os = options.text("os", "Operating system");
    private final ListOption osFeatures = options.commaList("os-features", "Features of the operating system");
    private final TextOption osVersion = options.text("os-version", "Version of the operating system");
    private final TextOption variant = options.text("variant", "Variant of the architecture");

    ManifestAnnotateCommand() {
        super("[OPTIONS] LIST MANIFEST", "Say what a manifest of a list is for", Arity.exactly(2));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        ImageReference name = RegistryOptions.image(arguments.getFirst());
        ManifestList list = ManifestList.of(session, name);
        ManifestList.Part part = list.part(RegistryOptions.image(arguments.getLast()));
        Index.Entry old = part.entry();
        Index.OnPlatform on = old.platform() == null ? Index.OnPlatform.of(Platform.current()) : old.platform();
        Index.OnPlatform now = new Index.OnPlatform(
                or(arch, on.architecture()),
                or(os, on.os()),
                or(osVersion, on.osVersion()),
                osFeatures.values().isEmpty() ? on.osFeatures() : osFeatures.values(),
                or(variant, on.variant()));
        Index.Entry entry =
                new Index.Entry(old.mediaType(), old.digest(), old.size(), now, old.annotations(), old.artifactType());
        list.with(new ManifestList.Part(part.name(), entry)).keep(session, name);
        return 0;
    }

    private static String or(TextOption option, String otherwise) {
        return option.value().isEmpty() ? otherwise : option.value();
    }
}
