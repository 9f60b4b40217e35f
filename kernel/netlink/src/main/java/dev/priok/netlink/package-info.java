/**
 * Netlink as plain Java. Terms: a <em>message</em> is one request or answer; its <em>attributes</em> are nested
 * type-length-value fields; a <em>batch</em> is several messages in one send.
 *
 * <p>A socket belongs for life to the network namespace in which the thread stood that opened it, and may then be used from
 * any thread.
 */
@Boundary(
        name = "netlink",
        mayUse = {"core", "linux"})
@NullMarked
package dev.priok.netlink;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
