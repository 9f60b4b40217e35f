package dev.priok.daemon;

import dev.priok.engine.SeccompProfiles;
import dev.priok.linux.Architecture;
import dev.priok.linux.seccomp.DefaultProfile;
import dev.priok.linux.seccomp.KernelVersion;
import dev.priok.linux.seccomp.SeccompCompiler;
import dev.priok.runtime.SeccompFilter;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Joins the engine's wish for a filter to the kernel's compiler of filters. */
final class SeccompFilters implements SeccompProfiles {
    /** SECCOMP_FILTER_FLAG_SPEC_ALLOW of linux/seccomp.h: no mitigation that the process did not ask for, as runc does. */
    private static final int SPEC_ALLOW = 4;

    @Override
    public Optional<SeccompFilter> compile(String profile, List<String> capabilities) {
        return switch (profile) {
            case "unconfined" -> Optional.empty();
            case "builtin" ->
                Optional.of(SeccompFilter.of(DefaultProfile.compiled(Set.copyOf(capabilities)), SPEC_ALLOW));
            default ->
                Optional.of(SeccompFilter.of(
                        SeccompCompiler.compile(SeccompJson.read(profile)
                                .resolve(Set.copyOf(capabilities), Architecture.current(), KernelVersion.current())),
                        SPEC_ALLOW));
        };
    }
}
