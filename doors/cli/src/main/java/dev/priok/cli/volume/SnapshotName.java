package dev.priok.cli.volume;

import dev.priok.client.Request;

/**
 * A volume, or with a snapshot behind an {@code @} what it was at that time.
 *
 * @param snapshot empty for the volume as it is now
 */
record SnapshotName(String volume, String snapshot) {
    static SnapshotName parse(String text) {
        int at = text.indexOf('@');
        return at < 0 ? new SnapshotName(text, "") : new SnapshotName(text.substring(0, at), text.substring(at + 1));
    }

    /** Where the daemon has what is not Docker's. */
    String path() {
        return "/priok/volumes/" + Request.segment(volume);
    }
}
