package dev.priok.netlink;

import dev.priok.linux.Errno;
import java.io.IOException;
import java.io.Serial;

/** A request that the kernel refused: what was asked, its error, and its own explanation where it gave one. */
public final class NetlinkException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Errno errno;

    /**
     * Names a refused request.
     *
     * @param asked what was asked, such as {@code making link veth1}
     * @param explanation the kernel's words (NETLINK_EXT_ACK), or empty
     */
    public NetlinkException(String asked, Errno errno, String explanation) {
        super(asked + ": " + errno.message() + (explanation.isEmpty() ? "" : " (" + explanation + ")"));
        this.errno = errno;
    }

    public Errno errno() {
        return errno;
    }
}
