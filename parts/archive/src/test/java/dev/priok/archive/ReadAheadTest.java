package dev.priok.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadAheadTest {
    @Test
    void read_stream_isTheSame() throws IOException {
        byte[] bytes = new byte[3_000_001];
        new Random(5).nextBytes(bytes);
        try (ReadAhead ahead = new ReadAhead(new ByteArrayInputStream(bytes))) {
            assertEquals(bytes[0] & 0xFF, ahead.read());
            assertArrayEquals(java.util.Arrays.copyOfRange(bytes, 1, bytes.length), ahead.readAllBytes());
            assertEquals(-1, ahead.read());
            assertEquals(-1, ahead.read());
        }
    }

    @Test
    void read_brokenStream_failsAfterWhatCameBefore() throws IOException {
        for (Exception cause : new Exception[] {new IOException("cable cut"), Failure.invalid("no")}) {
            InputStream broken = new FilterInputStream(InputStream.nullInputStream()) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    if (cause instanceof Failure failure) {
                        throw failure;
                    }
                    throw (IOException) cause;
                }
            };
            byte[] first = new byte[256 << 10];
            try (ReadAhead ahead = new ReadAhead(new SequenceInputStream(new ByteArrayInputStream(first), broken))) {
                assertArrayEquals(first, ahead.readNBytes(first.length));
                Exception seen = assertThrows(Exception.class, ahead::read);
                assertEquals(cause.getMessage(), seen.getMessage());
                assertThrows(Exception.class, ahead::read);
            }
        }
    }

    @Test
    void close_endlessStream_stopsReadingAndClosesIt() throws IOException {
        AtomicBoolean closed = new AtomicBoolean();
        AtomicLong read = new AtomicLong();
        InputStream endless = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] bytes, int offset, int length) {
                read.addAndGet(length);
                return length;
            }

            @Override
            public void close() {
                closed.set(true);
            }
        };
        ReadAhead ahead = new ReadAhead(endless);
        assertEquals(0, ahead.read());
        ahead.close();
        assertTrue(closed.get());
        long seen = -1;
        while (seen != read.get()) {
            seen = read.get();
            LockSupport.parkNanos(20_000_000);
        }
        assertTrue(seen <= 20L * (256 << 10), "read " + seen + " bytes ahead");
    }
}
