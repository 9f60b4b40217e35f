package dev.priok.cli.container;

import dev.priok.cli.option.BadValue;
import dev.priok.cli.option.ValueParsers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** One {@code --mount}. */
final class MountSpec {
    private final Map<String, Object> mount = new LinkedHashMap<>();
    private final Map<String, Object> bindOptions = new LinkedHashMap<>();
    private final Map<String, Object> volumeOptions = new LinkedHashMap<>();
    private final Map<String, Object> driver = new LinkedHashMap<>();
    private final Map<String, Object> driverOptions = new LinkedHashMap<>();
    private final Map<String, Object> labels = new LinkedHashMap<>();
    private final Map<String, Object> tmpfsOptions = new LinkedHashMap<>();

    private MountSpec() {
        mount.put("Type", "volume");
    }

    static Map<String, Object> parse(String text) {
        MountSpec spec = new MountSpec();
        for (CommaFields.Field field : CommaFields.parse(text)) {
            spec.take(field);
        }
        return spec.finish(text);
    }

    private void take(CommaFields.Field field) {
        String value = field.value();
        switch (field.key()) {
            case "type" -> mount.put("Type", value.toLowerCase(java.util.Locale.ROOT));
            case "source", "src" ->
                mount.put(
                        "Source",
                        value.startsWith(".")
                                ? Path.of(value).toAbsolutePath().normalize().toString()
                                : value);
            case "target", "dst", "destination" -> mount.put("Target", value);
            case "readonly", "ro" -> mount.put("ReadOnly", flag(field));
            case "consistency" -> mount.put("Consistency", value);
            case "bind-propagation" -> bindOptions.put("Propagation", value);
            case "bind-nonrecursive" -> bindOptions.put("NonRecursive", flag(field));
            case "bind-recursive" -> {
                switch (value) {
                    case "enabled" -> {}
                    case "disabled" -> bindOptions.put("NonRecursive", true);
                    case "writable" -> bindOptions.put("ReadOnlyNonRecursive", true);
                    case "readonly" -> bindOptions.put("ReadOnlyForceRecursive", true);
                    default -> throw invalid(field);
                }
            }
            case "volume-nocopy" -> volumeOptions.put("NoCopy", flag(field));
            case "volume-subpath" -> volumeOptions.put("Subpath", value);
            case "volume-driver" -> driver.put("Name", value);
            case "volume-opt" -> putPair(driverOptions, value);
            case "volume-label" -> putPair(labels, value);
            case "tmpfs-size" -> tmpfsOptions.put("SizeBytes", bytes(field));
            case "tmpfs-mode" -> tmpfsOptions.put("Mode", mode(field));
            default ->
                throw ContainerOptions.refuse(
                        "unexpected key '" + field.key() + "' in '" + field.key() + "=" + value + "'");
        }
    }

    private Map<String, Object> finish(String text) {
        if (!mount.containsKey("Target")) {
            throw ContainerOptions.refuse("invalid argument \"" + text + "\" for \"--mount\" flag: target is required");
        }
        if (!driverOptions.isEmpty()) {
            driver.put("Options", driverOptions);
        }
        if (!driver.isEmpty()) {
            volumeOptions.put("DriverConfig", driver);
        }
        if (!labels.isEmpty()) {
            volumeOptions.put("Labels", labels);
        }
        put("BindOptions", bindOptions);
        put("VolumeOptions", volumeOptions);
        put("TmpfsOptions", tmpfsOptions);
        return mount;
    }

    private void put(String name, Map<String, Object> options) {
        if (!options.isEmpty()) {
            mount.put(name, options);
        }
    }

    private static void putPair(Map<String, Object> map, String pair) {
        int equals = pair.indexOf('=');
        map.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
    }

    private static boolean flag(CommaFields.Field field) {
        if (!field.hasValue()) {
            return true;
        }
        return switch (field.value()) {
            case "1", "true" -> true;
            case "0", "false" -> false;
            default -> throw invalid(field);
        };
    }

    private static long bytes(CommaFields.Field field) {
        try {
            return ValueParsers.bytes(field.value());
        } catch (BadValue _) {
            throw invalid(field);
        }
    }

    private static long mode(CommaFields.Field field) {
        try {
            return Long.parseLong(field.value(), 8);
        } catch (NumberFormatException _) {
            throw invalid(field);
        }
    }

    private static RuntimeException invalid(CommaFields.Field field) {
        return ContainerOptions.refuse("invalid value for " + field.key() + ": " + field.value());
    }
}
