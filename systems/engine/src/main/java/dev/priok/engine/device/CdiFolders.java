package dev.priok.engine.device;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.priok.core.Failure;
import dev.priok.engine.spec.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Folders with files of the Container Device Interface, {@code .json} and {@code .yaml}. They are read again each time: vendors
 * write them while the daemon runs.
 */
public final class CdiFolders {
    /** A file of a machine with many devices has some kilobytes. */
    private static final long MOST_BYTES = 4 << 20;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final List<Path> folders;

    /**
     * Looks into folders; missing ones are empty.
     *
     * @param folders a device in a later one goes before one of the same name in an earlier one
     */
    public CdiFolders(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /** Whether there is a folder to look into. */
    public boolean enabled() {
        return !folders.isEmpty();
    }

    public List<Path> folders() {
        return folders;
    }

    /**
     * What was found.
     *
     * @param devices by their names {@code vendor.com/class=name}
     * @param problems why files, or devices that two files of one folder have, were left out
     */
    private record Found(Map<String, Entry> devices, List<String> problems) {}

    private record Entry(CdiSpec spec, CdiSpec.Device device) {}

    /** Names of all devices, sorted. */
    public List<String> names() {
        return List.copyOf(read().devices().keySet());
    }

    /**
     * What devices change, those of their files first.
     *
     * @param names of the devices
     * @throws Failure of kind INVALID when there is no such device, in Docker's words, with what is wrong with the files
     */
    public DeviceEdits edits(List<String> names) {
        Found found = read();
        List<String> missing = names.stream()
                .filter(name -> !found.devices().containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            throw Failure.invalid(
                    "CDI device injection failed: unresolvable CDI devices %s%s",
                    String.join(", ", missing),
                    found.problems().isEmpty() ? "" : " (" + String.join("; ", found.problems()) + ")");
        }
        Set<CdiSpec> specs = new LinkedHashSet<>();
        List<CdiSpec.Edits> all = new ArrayList<>();
        for (String name : new LinkedHashSet<>(names)) {
            Entry entry = found.devices().get(name);
            if (entry != null) {
                if (specs.add(entry.spec()) && entry.spec().containerEdits() != null) {
                    all.add(entry.spec().containerEdits());
                }
                if (entry.device().containerEdits() != null) {
                    all.add(entry.device().containerEdits());
                }
            }
        }
        return DeviceEdits.of(all);
    }

    private Found read() {
        Map<String, Entry> devices = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (Path folder : folders) {
            Map<String, Entry> here = new LinkedHashMap<>();
            Set<String> twice = new LinkedHashSet<>();
            for (Path file : files(folder, problems)) {
                try {
                    CdiSpec spec = parse(file);
                    for (CdiSpec.Device device : spec.devices()) {
                        String name = spec.kind() + "=" + device.name();
                        if (here.put(name, new Entry(spec, device)) != null) {
                            twice.add(name);
                        }
                    }
                } catch (Failure | IOException e) {
                    problems.add(file + ": " + Cause.text(e));
                }
            }
            twice.forEach(name -> problems.add("more than one file in " + folder + " has " + name));
            devices.putAll(here);
            devices.keySet().removeAll(twice);
        }
        return new Found(devices, problems);
    }

    private static List<Path> files(Path folder, List<String> problems) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().matches(".*\\.(json|yaml)"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            problems.add(folder + ": " + Cause.text(e));
            return List.of();
        }
    }

    private static CdiSpec parse(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw Failure.invalid("larger than %d bytes", MOST_BYTES);
        }
        try {
            // YAML has no tabs between tokens, which JSON has.
            Object tree = file.toString().endsWith(".json")
                    ? MAPPER.readTree(Files.readString(file))
                    : new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            CdiSpec spec = MAPPER.convertValue(tree, CdiSpec.class);
            if (spec == null) {
                throw Failure.invalid("empty");
            }
            return spec;
        } catch (YamlEngineException | JacksonException | IllegalArgumentException e) {
            Throwable cause = e.getCause();
            if (cause != null && cause.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new Failure(Failure.Kind.INVALID, firstLine(e.getMessage()), e);
        }
    }

    private static String firstLine(@org.jspecify.annotations.Nullable String message) {
        return message == null
                ? "not a CDI specification"
                : message.lines().findFirst().orElse(message);
    }
}
