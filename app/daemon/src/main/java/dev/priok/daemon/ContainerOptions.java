package dev.priok.daemon;

import dev.priok.core.ByteCount;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerDefaults;
import dev.priok.engine.DurationText;
import dev.priok.engine.IdRemap;
import dev.priok.engine.Limits;
import dev.priok.engine.Upkeep;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Options that say what containers get. */
final class ContainerOptions {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerOptions.class);

    /** Where CDI looks, the second before the first (CDI specification, "CDI JSON Specification"). */
    private static final List<Path> DEVICE_SPECS = List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi"));

    /** The feature that can be switched here. */
    private static final String CDI = "cdi";

    /** Features of dockerd that switch between two ways of doing what is done in one way here. */
    private static final Set<String> OF_DOCKERD =
            Set.of("buildkit", "containerd-snapshotter", "time-namespaces", "windows-dns-proxy");

    private ContainerOptions() {}

    static ContainerDefaults defaults(DaemonConfig.Values values) {
        ContainerDefaults dockers = ContainerDefaults.DOCKERS;
        return new ContainerDefaults(
                values.isTrue(DaemonOption.INIT),
                values.isTrue(DaemonOption.NO_NEW_PRIVILEGES),
                ipcMode(values.text(DaemonOption.DEFAULT_IPC_MODE, dockers.ipcMode())),
                cgroupnsMode(values.text(DaemonOption.DEFAULT_CGROUPNS_MODE, dockers.cgroupnsMode())),
                ByteCount.parse(values.text(DaemonOption.DEFAULT_SHM_SIZE, Long.toString(dockers.shmBytes())))
                        .bytes(),
                values.list(DaemonOption.DEFAULT_ULIMIT).stream()
                        .map(ContainerOptions::ulimit)
                        .toList(),
                dockers.stopTimeout(),
                upkeep(values));
    }

    private static String ipcMode(String mode) {
        String hint = "use \"shareable\" or \"private\"";
        return switch (mode) {
            case "private", "shareable" -> mode;
            case "none", "host" ->
                throw Failure.invalid("IPC mode \"%s\" is not supported as default value; %s", mode, hint);
            default -> throw Failure.invalid("default IPC mode setting (%s) is invalid; %s", mode, hint);
        };
    }

    private static String cgroupnsMode(String mode) {
        if (!Set.of("", "host", "private").contains(mode)) {
            throw Failure.invalid("default cgroup namespace mode (%s) is invalid; use \"host\" or \"private\"", mode);
        }
        return mode;
    }

    private static Limits.Ulimit ulimit(String text) {
        String[] pair = text.split("=", 2);
        String[] values = pair.length == 2 ? pair[1].split(":", 2) : new String[0];
        try {
            long soft = Long.parseLong(values[0]);
            Limits.Ulimit limit =
                    new Limits.Ulimit(pair[0], soft, values.length == 2 ? Long.parseLong(values[1]) : soft);
            limit.check();
            return limit;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid ulimit argument: " + text + ": want name=soft[:hard]", e);
        }
    }

    private static Upkeep upkeep(DaemonConfig.Values values) {
        Upkeep upkeep = new Upkeep(
                values.optional(DaemonOption.RESTART_ON_UNHEALTHY).isEmpty()
                        ? null
                        : values.isTrue(DaemonOption.RESTART_ON_UNHEALTHY),
                duration(values, DaemonOption.RESTART_DELAY),
                duration(values, DaemonOption.RESTART_MAX_DELAY),
                duration(values, DaemonOption.RESTART_RESET),
                duration(values, DaemonOption.START_TIMEOUT));
        upkeep.check();
        return upkeep;
    }

    private static @Nullable Duration duration(DaemonConfig.Values values, DaemonOption option) {
        Optional<String> text = values.optional(option);
        return text.isEmpty()
                ? null
                : DurationText.parse(text.get())
                        .orElseThrow(() -> Failure.invalid(
                                "invalid value \"%s\" for --%s: want a duration such as 500ms or 1m30s",
                                text.get(), option.flag()));
    }

    /** The mapping of ids that {@code --userns-remap} asks for. */
    static Optional<IdRemap> remap(DaemonConfig.Values values) throws IOException {
        Optional<String> asked = values.optional(DaemonOption.USERNS_REMAP);
        return asked.isEmpty() ? Optional.empty() : Optional.of(IdRemap.of(asked.get(), Path.of("/etc")));
    }

    static List<Path> deviceSpecs(DaemonConfig.Values values) {
        if (!features(values).getOrDefault(CDI, true)) {
            return List.of();
        }
        List<Path> named = new ArrayList<>();
        for (String folder : values.list(DaemonOption.CDI_SPEC_DIR)) {
            // Docker's ways to have none: an empty name, an empty list.
            if (!folder.isEmpty()) {
                named.add(Path.of(folder).toAbsolutePath().normalize());
            }
        }
        return values.all().containsKey(DaemonOption.CDI_SPEC_DIR) ? named : DEVICE_SPECS;
    }

    private static Map<String, Boolean> features(DaemonConfig.Values values) {
        Map<String, Boolean> features = new LinkedHashMap<>();
        for (String text : values.list(DaemonOption.FEATURE)) {
            String[] pair = text.split("=", 2);
            if (pair.length == 2 && !pair[1].matches("true|false|1|0")) {
                throw Failure.invalid("invalid value \"%s\" for --feature: want name[=true|false]", text);
            }
            if (OF_DOCKERD.contains(pair[0])) {
                LOG.warn("feature {} switches nothing here: there is one way that it is done", pair[0]);
            } else if (!pair[0].equals(CDI)) {
                throw Failure.invalid("unknown feature \"%s\": this daemon knows cdi", pair[0]);
            }
            features.put(pair[0], pair.length < 2 || pair[1].equals("true") || pair[1].equals("1"));
        }
        return features;
    }
}
