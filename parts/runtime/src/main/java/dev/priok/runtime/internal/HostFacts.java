package dev.priok.runtime.internal;

import dev.priok.linux.Syscall;
import dev.priok.linux.Syscalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this host and this process allow; read once.
 *
 * @param kernelMajor first number of the kernel's version
 * @param kernelMinor second number of the kernel's version
 * @param capabilities that this process may give, a bit each
 * @param lastCapability the highest that the kernel knows
 * @param hardLimits of this process
 * @param oomScoreAdj of this process
 * @param hasKcore whether /proc/kcore exists
 * @param bootId tells boots apart
 */
public record HostFacts(
        int kernelMajor,
        int kernelMinor,
        long capabilities,
        int lastCapability,
        Map<Limit, Long> hardLimits,
        int oomScoreAdj,
        boolean hasKcore,
        String bootId) {
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

    /** Reads them. */
    public static HostFacts read() throws IOException {
        Matcher version = VERSION.matcher(text("/proc/sys/kernel/osrelease"));
        if (!version.matches()) {
            throw new IOException("not a kernel version: " + text("/proc/sys/kernel/osrelease"));
        }
        String status = ProcFiles.text(Path.of("/proc/self/status"));
        Matcher permitted = Pattern.compile("CapPrm:\\s*([0-9a-f]+)").matcher(status);
        Map<Limit, Long> limits = new EnumMap<>(Limit.class);
        for (Limit limit : Limit.values()) {
            byte[] both = new byte[16];
            long result = Syscalls.host().call(Syscall.PRLIMIT64, 0, limit.number(), 0, both);
            limits.put(
                    limit,
                    result < 0
                            ? -1L
                            : ByteBuffer.wrap(both)
                                    .order(ByteOrder.nativeOrder())
                                    .getLong(8));
        }
        return new HostFacts(
                Integer.parseInt(version.group(1)),
                Integer.parseInt(version.group(2)),
                permitted.find() ? Long.parseUnsignedLong(permitted.group(1), 16) : 0,
                Integer.parseInt(text("/proc/sys/kernel/cap_last_cap")),
                limits,
                Integer.parseInt(text("/proc/self/oom_score_adj")),
                Files.exists(Path.of("/proc/kcore")),
                text("/proc/sys/kernel/random/boot_id"));
    }

    private static String text(String file) throws IOException {
        return ProcFiles.text(Path.of(file)).strip();
    }

    /** Whether the kernel is at least this version. */
    boolean atLeast(int major, int minor) {
        return kernelMajor > major || (kernelMajor == major && kernelMinor >= minor);
    }

    /** Overlay layers one by one, without a bound on their text together. */
    boolean overlayLayerByLayer() {
        return atLeast(6, 5);
    }
}
