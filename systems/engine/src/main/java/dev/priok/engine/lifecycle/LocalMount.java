package dev.priok.engine.lifecycle;

import dev.priok.core.Failure;
import dev.priok.linux.MountAttribute;
import dev.priok.linux.MountCalls;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a volume of the local driver with options is mounted from, as mount(8) would be told; mounted on the volume's folder while a
 * container uses it.
 *
 * @param type file system
 * @param device what is mounted
 * @param flags MS_ flags
 * @param propagation MS_ propagation, or 0
 * @param data what the file system itself is told
 */
record LocalMount(String type, String device, long flags, long propagation, List<String> data) {
    private static final Set<String> KNOWN = Set.of("type", "device", "o", "size");
    private static final Set<String> OF_NETWORK = Set.of("nfs", "nfs4", "cifs", "smb3");
    private static final Map<String, Long> FLAGS = Map.ofEntries(
            Map.entry("ro", MountAttribute.MS_RDONLY),
            Map.entry("nosuid", MountAttribute.MS_NOSUID),
            Map.entry("nodev", MountAttribute.MS_NODEV),
            Map.entry("noexec", MountAttribute.MS_NOEXEC),
            Map.entry("noatime", MountAttribute.MS_NOATIME),
            Map.entry("nodiratime", MountAttribute.MS_NODIRATIME),
            Map.entry("relatime", MountAttribute.MS_RELATIME),
            Map.entry("strictatime", MountAttribute.MS_STRICTATIME),
            Map.entry("bind", MountAttribute.MS_BIND),
            Map.entry("rbind", MountAttribute.MS_BIND | MountAttribute.MS_REC));
    private static final Map<String, Long> PROPAGATIONS = Map.of(
            "private",
            MountAttribute.MS_PRIVATE,
            "rprivate",
            MountAttribute.MS_PRIVATE | MountAttribute.MS_REC,
            "shared",
            MountAttribute.MS_SHARED,
            "rshared",
            MountAttribute.MS_SHARED | MountAttribute.MS_REC,
            "slave",
            MountAttribute.MS_SLAVE,
            "rslave",
            MountAttribute.MS_SLAVE | MountAttribute.MS_REC);
    private static final Set<String> WITHOUT_MEANING =
            Set.of("defaults", "rw", "suid", "dev", "exec", "async", "atime", "diratime");

    /**
     * Reads the options of a volume.
     *
     * @throws Failure of kind INVALID in Docker's words
     */
    static LocalMount of(String volume, Map<String, String> options) {
        for (String key : options.keySet()) {
            if (!KNOWN.contains(key)) {
                throw Failure.invalid("create %s: invalid option: \"%s\"", volume, key);
            }
        }
        if (!options.getOrDefault("size", "").isEmpty()) {
            throw Failure.invalid(
                    "create %s: \"size\" bounds a volume on this machine's disk and cannot be combined with \"type\", \"device\" and"
                            + " \"o\"; a file system in memory is bounded by -o o=size=...",
                    volume);
        }
        for (String key : List.of("device", "type")) {
            if (options.getOrDefault(key, "").isEmpty()) {
                throw Failure.invalid("create %s: missing required option: \"%s\"", volume, key);
            }
        }
        long flags = 0;
        long propagation = 0;
        List<String> data = new ArrayList<>();
        for (String word : options.getOrDefault("o", "").split(",")) {
            if (FLAGS.containsKey(word)) {
                flags |= FLAGS.getOrDefault(word, 0L);
            } else if (PROPAGATIONS.containsKey(word)) {
                propagation = PROPAGATIONS.getOrDefault(word, 0L);
            } else if (!word.isEmpty() && !WITHOUT_MEANING.contains(word)) {
                data.add(word);
            }
        }
        return new LocalMount(
                options.getOrDefault("type", ""), options.getOrDefault("device", ""), flags, propagation, data);
    }

    /**
     * Mounts it.
     *
     * @throws Failure in Docker's words when the kernel refuses
     */
    void mount(Path target) {
        String options = data.stream().map(this::resolved).collect(Collectors.joining(","));
        try {
            MountCalls calls = MountCalls.host();
            calls.mount(device, target.toString(), type, flags, options);
            boolean bind = (flags & MountAttribute.MS_BIND) != 0;
            long restrictions = flags & ~(MountAttribute.MS_BIND | MountAttribute.MS_REC);
            if (bind && restrictions != 0) {
                // A bind takes its flags only in a second call.
                calls.mount(
                        "none",
                        target.toString(),
                        "none",
                        MountAttribute.MS_BIND | MountAttribute.MS_REMOUNT | restrictions,
                        "");
            }
            if (propagation != 0) {
                calls.mount("none", target.toString(), "none", propagation, "");
            }
        } catch (SyscallException e) {
            String shown = Arrays.stream(options.split(","))
                    .map(word -> word.startsWith("password=") ? "password=********" : word)
                    .collect(Collectors.joining(","));
            throw Failure.internal(
                    e,
                    "error while mounting volume '%s': failed to mount local volume: mount %s:%s%s: %s",
                    target,
                    device,
                    target,
                    shown.isEmpty() ? "" : ", data: " + shown,
                    e.errno().message());
        }
    }

    /** The kernel's network file systems take addresses, not names. */
    private String resolved(String option) {
        if (!OF_NETWORK.contains(type) || !option.startsWith("addr=")) {
            return option;
        }
        String name = option.substring("addr=".length());
        try {
            return "addr=" + InetAddress.getByName(name).getHostAddress();
        } catch (UnknownHostException e) {
            throw Failure.internal(e, "error resolving passed in network volume address: %s", name);
        }
    }

    /** Whether something is mounted exactly there, or, with {@code below}, there or anywhere below. */
    static boolean mounted(Path place, boolean below) throws IOException {
        String wanted = place.toAbsolutePath().toString();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8)) {
            String[] words = line.split(" ");
            String at = words.length > 4 ? words[4].replace("\\040", " ") : "";
            if (at.equals(wanted) || (below && at.startsWith(wanted + "/"))) {
                return true;
            }
        }
        return false;
    }

    /** Unmounts all that is mounted there or below; who still uses it goes on. Afterwards nothing is, or this throws. */
    static void unmountAll(Path place) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8);
        String wanted = place.toAbsolutePath().toString();
        for (String line : lines.reversed()) {
            String[] words = line.split(" ");
            String at = words.length > 4 ? words[4].replace("\\040", " ") : "";
            if (at.equals(wanted) || at.startsWith(wanted + "/")) {
                MountCalls.host().unmount(at, MountCalls.MNT_DETACH | MountCalls.UMOUNT_NOFOLLOW);
            }
        }
        if (mounted(place, true)) {
            throw new IOException("something is still mounted at " + place);
        }
    }
}
