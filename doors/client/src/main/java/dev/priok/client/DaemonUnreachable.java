package dev.priok.client;

import java.io.IOException;
import java.io.Serial;

/** Nobody answers at the address: no socket, no permission, or nobody listening. */
public final class DaemonUnreachable extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    DaemonUnreachable(DaemonAddress address, IOException cause) {
        super(message(address, cause), cause);
    }

    private static String message(DaemonAddress address, IOException cause) {
        String why = String.valueOf(cause.getMessage());
        if (why.contains("Permission denied")) {
            return "permission denied while trying to connect to the Priok daemon socket at " + address;
        }
        if (cause instanceof javax.net.ssl.SSLException) {
            return "error during connect: " + address + ": " + why;
        }
        return "Cannot connect to the Priok daemon at " + address + ". Is priokd running?";
    }
}
