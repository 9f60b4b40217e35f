package dev.priok.registryserver;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a blob.
 *
 * @param start first byte
 * @param length bytes; 0 when the range cannot be satisfied
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-14">RFC 9110, section 14</a>
 */
record ByteRange(long start, long length) {
    private static final Pattern ONE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /** The range that a header asks for; empty when it is none that is served, so that the whole is. */
    static Optional<ByteRange> of(String header, long size) {
        Matcher form = ONE.matcher(header);
        if (!form.matches() || (form.group(1).isEmpty() && form.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (form.group(1).isEmpty()) {
            long last = Math.min(size, Long.parseLong(form.group(2)));
            return Optional.of(new ByteRange(size - last, last));
        }
        long start = Long.parseLong(form.group(1));
        long end = form.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(form.group(2)));
        return Optional.of(start >= size || end < start ? new ByteRange(0, 0) : new ByteRange(start, end - start + 1));
    }
}
