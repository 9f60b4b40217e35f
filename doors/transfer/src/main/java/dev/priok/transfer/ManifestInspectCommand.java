package dev.priok.transfer;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.distribution.ManifestBlob;
import dev.priok.distribution.Registries;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.MediaTypes;
import dev.priok.transfer.place.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code manifest inspect}: a manifest as its registry has it, or a list that is not pushed yet. */
final class ManifestInspectCommand extends Command {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** How docker indents a list. */
    private static final String LISTS = "   ";
    /** How docker indents a manifest, as the registry has it. */
    private static final String MANIFESTS = "\t";

    private final RegistryOptions registry = new RegistryOptions(options);
    private final Flag verbose = options.flag('v', "verbose", "Show also descriptors and platforms");

    ManifestInspectCommand() {
        super("[OPTIONS] [LIST] MANIFEST", "Show a manifest or a list of manifests", Arity.between(1, 2));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        String text = arguments.getLast();
        if (arguments.size() == 2) {
            ManifestList list = ManifestList.of(session, RegistryOptions.image(arguments.getFirst()));
            text = list.part(RegistryOptions.image(text)).pinned().toString();
        } else if (RegistryOptions.hosts(text).size() > 1) {
            Optional<ManifestList> draft = ManifestList.find(session, RegistryOptions.image(text));
            if (draft.isPresent() && !verbose.value()) {
                print(session, told(draft.get().index().index()), LISTS);
                return 0;
            }
        }
        try (Registries registries = registry.open(session, RegistryOptions.hosts(text));
                Place place = RegistryOptions.from(session, registries, text)) {
            ManifestBlob top = place.top();
            if (!verbose.value() && MediaTypes.isIndex(top.mediaType())) {
                print(session, told(top.index()), LISTS);
            } else if (!verbose.value()) {
                print(session, MAPPER.readTree(top.bytes()), MANIFESTS);
            } else if (MediaTypes.isIndex(top.mediaType())) {
                List<Object> all = new ArrayList<>();
                for (Index.Entry entry : top.index().manifests()) {
                    ManifestBlob part = place.manifest(Digest.parse(entry.digest()))
                            .orElseThrow(() -> Failure.notFound("no such manifest: %s", entry.digest()));
                    all.add(told(name(text, part.digest()), part, Optional.of(entry)));
                }
                print(session, all, MANIFESTS);
            } else {
                print(session, told(name(text, top.digest()), top, Optional.empty()), MANIFESTS);
            }
            return 0;
        }
    }

    private static String name(String text, Digest digest) {
        if (RegistryOptions.hosts(text).isEmpty()) {
            return text;
        }
        ImageReference image = RegistryOptions.image(text);
        return image.tag().isPresent() ? image + "@" + digest : image.toString();
    }

    private static Map<String, Object> told(String name, ManifestBlob manifest, Optional<Index.Entry> entry)
            throws IOException {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", manifest.mediaType());
        descriptor.put("digest", manifest.digest().toString());
        descriptor.put("size", manifest.bytes().length);
        entry.map(Index.Entry::platform).ifPresent(platform -> descriptor.put("platform", platform));
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("Ref", name);
        told.put("Descriptor", descriptor);
        told.put(
                manifest.mediaType().equals(MediaTypes.DOCKER_MANIFEST) ? "SchemaV2Manifest" : "OCIManifest",
                MAPPER.readTree(manifest.bytes()));
        return told;
    }

    /** A list in docker's order. */
    private static Map<String, Object> told(Index index) {
        List<Object> manifests = new ArrayList<>();
        for (Index.Entry entry : index.manifests()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("mediaType", entry.mediaType());
            one.put("size", entry.size());
            one.put("digest", entry.digest());
            if (!entry.annotations().isEmpty()) {
                one.put("annotations", entry.annotations());
            }
            if (entry.platform() != null) {
                one.put("platform", entry.platform());
            }
            manifests.add(one);
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("schemaVersion", index.schemaVersion());
        told.put("mediaType", index.mediaType());
        told.put("manifests", manifests);
        return told;
    }

    private static void print(Session session, Object document, String level) throws IOException {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
        DefaultIndenter indenter = new DefaultIndenter(level, "\n");
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        byte[] json = MAPPER.writer(printer).writeValueAsBytes(document);
        session.out().println(new String(json, StandardCharsets.UTF_8));
    }
}
