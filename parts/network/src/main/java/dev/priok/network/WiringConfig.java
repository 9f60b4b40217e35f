package dev.priok.network;

import dev.priok.core.Failure;
import java.util.regex.Pattern;

/**
 * How a daemon's networking is told from that of others on the same host.
 *
 * @param name of the nftables table (family inet), and in the alias of every link that is ours: letters, digits and dashes
 * @param readySandboxes how many namespaces are kept ready for containers to come
 * @param forwarding whether to switch on {@code ip_forward} when a network needs it
 * @param relay whether this process carries the host's connections to published TCP ports at {@code [::1]}
 */
public record WiringConfig(String name, int readySandboxes, boolean forwarding, boolean relay) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,30}");

    public WiringConfig {
        if (!NAME.matcher(name).matches()) {
            throw Failure.invalid("invalid name of a firewall table: %s", name);
        }
        if (readySandboxes < 0 || readySandboxes > 256) {
            throw Failure.invalid("invalid number of ready network namespaces: %d", readySandboxes);
        }
    }

    /** Table {@code priok}, eight ready namespaces, forwarding switched on, relayed. */
    public static WiringConfig standard() {
        return new WiringConfig("priok", 8, true, true);
    }
}
