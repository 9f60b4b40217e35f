package dev.priok.client.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Decodes a chunked body, handing on bytes as they come.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-7.1">RFC 9112, section 7.1</a>
 */
final class ChunkedInput extends InputStream {
    /** Longest line of a chunk's size with extensions, or of a trailer. */
    private static final int MAXIMUM_LINE_BYTES = 8 * 1024;

    private final InputStream in;
    private long left;
    private boolean isFirst = true;
    private boolean isEnded;

    ChunkedInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !isEnded) {
            nextChunk();
        }
        if (isEnded) {
            return -1;
        }
        int n = in.read(buffer, offset, (int) Math.min(length, left));
        if (n < 0) {
            throw new EOFException("the answer ended inside a chunk");
        }
        left -= n;
        return n;
    }

    private void nextChunk() throws IOException {
        if (!isFirst && !readLine().isEmpty()) {
            throw new IOException("a chunk is longer than it says");
        }
        isFirst = false;
        String line = readLine();
        int end = line.indexOf(';');
        try {
            left = Long.parseLong((end < 0 ? line : line.substring(0, end)).strip(), 16);
        } catch (NumberFormatException e) {
            throw new IOException("bad size of a chunk: " + line, e);
        }
        if (left < 0) {
            throw new IOException("bad size of a chunk: " + line);
        }
        if (left == 0) {
            isEnded = true;
            while (!readLine().isEmpty()) {
                // Trailers say nothing that is needed here.
            }
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder(16);
        while (line.length() < MAXIMUM_LINE_BYTES) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the answer ended between chunks");
            }
            if (b == '\n') {
                int last = line.length() - 1;
                return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
            }
            line.append((char) b);
        }
        throw new IOException("the line of a chunk is longer than " + MAXIMUM_LINE_BYTES + " bytes");
    }
}
