package dev.priok.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.cli.command.CommandFailed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DetachKeysTest {
    /** Hands out a byte at a time, as a terminal does. */
    private static InputStream slowly(String typed) {
        return new ByteArrayInputStream(typed.getBytes(StandardCharsets.ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(1, length));
            }
        };
    }

    private static String passed(DetachKeys.Input input) throws IOException {
        StringBuilder out = new StringBuilder();
        byte[] buffer = new byte[64];
        for (int n = input.read(buffer); n >= 0; n = input.read(buffer)) {
            out.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        }
        return out.toString();
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "'',a\u0010\u0011b,a,true",
                "'',a\u0010b,a\u0010b,false",
                "'',\u0010\u0010\u0011x,\u0010,true",
                "'',a\u0010,a\u0010,false",
                "'ctrl-@',a\u0000b,a,true",
                "'x',abxc,ab,true",
                "'a,b,c',ababc!,ab,true"
            })
    void read_keys_endTheInput(String keys, String typed, String passed, boolean isDetached) throws IOException {
        DetachKeys.Input whole =
                DetachKeys.parse(keys).watch(new ByteArrayInputStream(typed.getBytes(StandardCharsets.ISO_8859_1)));
        assertEquals(passed, passed(whole));
        assertEquals(isDetached, whole.isDetached());
        DetachKeys.Input slow = DetachKeys.parse(keys).watch(slowly(typed));
        assertEquals(passed, passed(slow));
        assertEquals(isDetached, slow.isDetached());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ctrl-", "ctrl-A", "foo", "a,,b", "é"})
    void parse_badKeys_areRefused(String keys) {
        assertThrows(CommandFailed.class, () -> DetachKeys.parse(keys));
    }
}
