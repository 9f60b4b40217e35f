package dev.priok.engine.internal;

import dev.priok.core.Failure;
import dev.priok.engine.spec.CapabilityNames;
import dev.priok.engine.spec.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Facts of this machine, from /proc and /etc. */
final class MachineInfo {
    private MachineInfo() {}

    private static List<String> lines(String path) {
        try {
            return Files.readAllLines(Path.of(path));
        } catch (IOException e) {
            throw Failure.internal(e, "reading %s: %s", path, Cause.text(e));
        }
    }

    /** All memory, in KiB. */
    static long memoryKib() {
        for (String line : lines("/proc/meminfo")) {
            if (line.startsWith("MemTotal:")) {
                return Long.parseLong(line.split("\\s+")[1]);
            }
        }
        throw new Failure(Failure.Kind.INTERNAL, "/proc/meminfo has no MemTotal");
    }

    /** When the kernel started. */
    static Instant bootTime() {
        for (String line : lines("/proc/stat")) {
            if (line.startsWith("btime ")) {
                return Instant.ofEpochSecond(Long.parseLong(line.substring(6).strip()));
            }
        }
        throw new Failure(Failure.Kind.INTERNAL, "/proc/stat has no btime");
    }

    static String kernelVersion() {
        return lines("/proc/sys/kernel/osrelease").getFirst();
    }

    /** Whether packets are forwarded between interfaces. */
    static boolean ipv4Forwarding() {
        Path file = Path.of("/proc/sys/net/ipv4/ip_forward");
        return Files.exists(file) && lines(file.toString()).getFirst().equals("1");
    }

    /** os-release(5); empty where the host has none. */
    static Map<String, String> osRelease() {
        Map<String, String> values = new HashMap<>();
        Path file = Path.of("/etc/os-release");
        if (Files.exists(file)) {
            for (String line : lines(file.toString())) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    values.put(
                            line.substring(0, equals),
                            line.substring(equals + 1).replace("\"", ""));
                }
            }
        }
        return values;
    }

    /** Capabilities that this process has, and so can give away. */
    static Set<String> capabilities() {
        for (String line : lines("/proc/self/status")) {
            if (line.startsWith("CapBnd:")) {
                long mask = Long.parseUnsignedLong(line.split("\\s+")[1], 16);
                Set<String> names = new HashSet<>();
                for (int i = 0; i < CapabilityNames.ALL.size(); i++) {
                    if ((mask >>> i & 1) == 1) {
                        names.add(CapabilityNames.ALL.get(i));
                    }
                }
                return names;
            }
        }
        return Set.copyOf(CapabilityNames.DEFAULT);
    }

    /** Whether the kernel is at least this one. */
    static boolean kernelAtLeast(int major, int minor) {
        String[] parts = kernelVersion().split("[.-]", 3);
        int haveMajor = Integer.parseInt(parts[0]);
        int haveMinor = Integer.parseInt(parts[1].replaceAll("\\D.*", ""));
        return haveMajor > major || (haveMajor == major && haveMinor >= minor);
    }

    /** Open descriptors of this process. */
    static int descriptors() {
        String[] names = new java.io.File("/proc/self/fd").list();
        return names == null ? 0 : names.length;
    }
}
