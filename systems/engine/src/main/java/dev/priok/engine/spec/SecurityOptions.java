package dev.priok.engine.spec;

import dev.priok.core.Failure;
import dev.priok.engine.SecuritySpec;
import java.util.Locale;
import java.util.Set;

/**
 * What {@code --security-opt} says.
 *
 * @param noNewPrivileges whether set-user-id programs lose their effect
 * @param seccomp {@code builtin}, {@code unconfined} or a profile in JSON
 * @param writableCgroups whether /sys/fs/cgroup is writable
 */
public record SecurityOptions(boolean noNewPrivileges, String seccomp, boolean writableCgroups) {
    /** Docker's profile. */
    public static final String BUILTIN = "builtin";

    public static final String UNCONFINED = "unconfined";

    /** Set-user-id programs lose their effect. */
    public static final String NO_NEW = "no-new-privileges";

    /** Reads the options; an unknown one is refused. */
    public static SecurityOptions parse(SecuritySpec security) {
        boolean noNewPrivileges = false;
        boolean writableCgroups = false;
        String seccomp = security.privileged() ? UNCONFINED : BUILTIN;
        for (String option : security.securityOpt()) {
            int at = option.indexOf('=');
            int colon = option.indexOf(':');
            // The old form has a colon; a profile in JSON has colons too, behind the equals sign.
            int split = at < 0 ? colon : at;
            String key = split < 0 ? option : option.substring(0, split);
            String value = split < 0 ? "" : option.substring(split + 1);
            switch (key) {
                case NO_NEW -> noNewPrivileges = split < 0 || flag(option, value);
                case "writable-cgroups" -> writableCgroups = split < 0 || flag(option, value);
                case "seccomp" -> seccomp = value;
                case "apparmor" -> {
                    if (!Set.of("", "unconfined", "docker-default").contains(value)) {
                        throw Failure.invalid(
                                "apparmor profile %s: AppArmor is not enabled on this host's daemon", value);
                    }
                }
                case "label", "disable" -> {
                    // SELinux is off: its labels have nothing to act on, as with a dockerd without --selinux-enabled.
                }
                case "systempaths" -> {
                    // The client turns it into empty masked and read-only paths.
                }
                default -> throw Failure.invalid("invalid --security-opt 2: \"%s\"", option);
            }
        }
        return new SecurityOptions(noNewPrivileges, seccomp, writableCgroups);
    }

    private static boolean flag(String option, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "1", "t", "true" -> true;
            case "0", "f", "false" -> false;
            default -> throw Failure.invalid("invalid --security-opt 2: \"%s\"", option);
        };
    }
}
