package dev.priok.logs;

import java.time.Instant;
import java.util.Map;

/**
 * One line of a log, or a part of one.
 *
 * @param time when it was written
 * @param stream where to
 * @param bytes the line with its newline; a part has none. The array is the receiver's own
 * @param attributes labels, variables and tag that the log's options asked for; empty unless the query wanted details
 */
@SuppressWarnings("ArrayRecordComponent") // one array per line, handed over, never compared
public record LogEntry(Instant time, LogStream stream, byte[] bytes, Map<String, String> attributes) {
    /** Whether the same stream's next entry goes on with this line. */
    public boolean partial() {
        return bytes.length == 0 || bytes[bytes.length - 1] != '\n';
    }
}
