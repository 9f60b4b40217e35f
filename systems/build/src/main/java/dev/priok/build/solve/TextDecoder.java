package dev.priok.build.solve;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Turns the bytes of a stream into text as they come, keeping the beginning of a character until its end is there. */
final class TextDecoder {
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer rest = ByteBuffer.allocate(0);

    /** The text of what was kept and of these bytes. */
    String decode(byte[] bytes, int offset, int length) {
        ByteBuffer in = ByteBuffer.allocate(rest.remaining() + length)
                .put(rest)
                .put(bytes, offset, length)
                .flip();
        CharBuffer out = CharBuffer.allocate(in.remaining());
        decoder.decode(in, out, false);
        rest = ByteBuffer.allocate(in.remaining()).put(in).flip();
        return out.flip().toString();
    }

    /** What is left when the stream has ended: a replacement character for a broken one. */
    String end() {
        CharBuffer out = CharBuffer.allocate(rest.remaining() + 1);
        decoder.decode(rest, out, true);
        decoder.flush(out);
        return out.flip().toString();
    }
}
