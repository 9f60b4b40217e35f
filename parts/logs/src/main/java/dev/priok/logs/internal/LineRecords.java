package dev.priok.logs.internal;

import java.io.IOException;

/** Records that lie between newlines. */
final class LineRecords extends BufferedRecords {
    private boolean overlong;

    LineRecords(Segment segment) {
        super(segment);
    }

    @Override
    public void endSegment() {
        if (start < filled || overlong) {
            damaged++;
        }
        clear();
        overlong = false;
    }

    @Override
    public boolean next() throws IOException {
        int scanned = start;
        while (true) {
            for (int i = scanned; i < filled; i++) {
                if (buffer[i] == '\n') {
                    from = start;
                    to = i;
                    start = i + 1;
                    if (!overlong) {
                        return true;
                    }
                    overlong = false;
                    damaged++;
                    scanned = start;
                }
            }
            scanned = makeRoom();
            int n = segment.read(buffer, filled, buffer.length);
            if (n <= 0) {
                return false;
            }
            filled += n;
        }
    }

    /** Makes room behind what is left and returns where new bytes will be. */
    private int makeRoom() {
        if (overlong) {
            start = filled;
        }
        compact();
        if (filled == buffer.length) {
            if (buffer.length >= MAXIMUM_RECORD_BYTES) {
                overlong = true;
                dropped += filled;
                filled = 0;
            } else {
                grow();
            }
        }
        return filled;
    }

    @Override
    public boolean buffered() {
        for (int i = start; i < filled; i++) {
            if (buffer[i] == '\n') {
                return true;
            }
        }
        return false;
    }
}
