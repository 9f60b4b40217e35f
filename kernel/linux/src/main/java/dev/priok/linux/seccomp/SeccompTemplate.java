package dev.priok.linux.seccomp;

import dev.priok.linux.Architecture;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A profile whose rules depend on who runs where: on capabilities, architecture and kernel. Docker's profile files are of
 * this kind.
 */
public record SeccompTemplate(SeccompAction defaultAction, List<Entry> entries) {
    public SeccompTemplate {
        entries = List.copyOf(entries);
    }

    /**
     * A rule that only sometimes counts.
     *
     * @param with must all be true of the process
     * @param without none of these may be true of it
     */
    public record Entry(SeccompRule rule, Situation with, Situation without) {}

    /**
     * Facts about a process.
     *
     * @param capabilities names such as {@code CAP_SYS_ADMIN}
     * @param architectures as Docker writes them: {@code amd64}, {@code arm64} ...
     * @param kernel this version or a newer one
     */
    public record Situation(List<String> capabilities, List<String> architectures, Optional<KernelVersion> kernel) {
        public static final Situation ANY = new Situation(List.of(), List.of(), Optional.empty());

        public Situation {
            capabilities = List.copyOf(capabilities);
            architectures = List.copyOf(architectures);
        }
    }

    /**
     * The profile for one process.
     *
     * @param capabilities the bounding set, names such as {@code CAP_CHOWN}
     */
    public SeccompProfile resolve(Set<String> capabilities, Architecture architecture, KernelVersion kernel) {
        String name = switch (architecture) {
            case X86_64 -> "amd64";
            case AARCH64 -> "arm64";
        };
        List<SeccompRule> rules = entries.stream()
                .filter(entry -> holds(entry.with(), capabilities, name, kernel))
                .filter(entry -> !excluded(entry.without(), capabilities, name, kernel))
                .map(Entry::rule)
                .toList();
        return new SeccompProfile(defaultAction, SeccompArchitecture.all(architecture), rules);
    }

    private static boolean holds(Situation with, Set<String> capabilities, String architecture, KernelVersion kernel) {
        return capabilities.containsAll(with.capabilities())
                && (with.architectures().isEmpty() || with.architectures().contains(architecture))
                && with.kernel().map(bound -> kernel.compareTo(bound) >= 0).orElse(true);
    }

    private static boolean excluded(
            Situation without, Set<String> capabilities, String architecture, KernelVersion kernel) {
        return without.capabilities().stream().anyMatch(capabilities::contains)
                || without.architectures().contains(architecture)
                || without.kernel().map(bound -> kernel.compareTo(bound) >= 0).orElse(false);
    }
}
