package dev.priok.logs.internal;

import dev.priok.logs.LogEntry;
import dev.priok.logs.LogStream;
import dev.priok.logs.LogSubject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Sends a log to systemd's journal by its native protocol, with the fields that Docker's driver gives an entry.
 *
 * @see <a href="https://systemd.io/JOURNAL_NATIVE_PROTOCOL/">Native journal protocol</a>
 */
final class JournaldSink implements LogSink {
    static final String NAME = "journald";

    private static final String SOCKET = "/run/systemd/journal/socket";
    private static final int SHORT_ID = 12;

    private final Wire wire;
    private final byte[] fields;
    private boolean continued;

    JournaldSink(Wire wire, Map<String, String> options, LogSubject subject) {
        this.wire = wire;
        String tag = Attributes.tag(options, subject);
        Map<String, String> all = new LinkedHashMap<>();
        all.put(
                "CONTAINER_ID",
                subject.id().substring(0, Math.min(SHORT_ID, subject.id().length())));
        all.put("CONTAINER_ID_FULL", subject.id());
        all.put("CONTAINER_NAME", subject.name());
        all.put("CONTAINER_TAG", tag);
        all.put("IMAGE_NAME", subject.imageName());
        all.put("SYSLOG_IDENTIFIER", tag);
        Attributes.of(options, subject).forEach((name, value) -> {
            String field = field(name);
            if (!name.equals("tag") && !field.isEmpty()) {
                all.put(field, value);
            }
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        all.forEach((name, value) -> add(out, name, value.getBytes(StandardCharsets.UTF_8)));
        fields = out.toByteArray();
    }

    static JournaldSink of(Map<String, String> options, LogSubject subject) {
        return new JournaldSink(new DatagramWire(SOCKET), options, subject);
    }

    /** Checks the options. */
    static void check(Map<String, String> options) {
        Set<String> names = new HashSet<>(Attributes.NAMES);
        names.addAll(ForwardedDriver.NAMES);
        OptionText.known(NAME, options, names);
    }

    /** A field's name has capital letters, digits and underscores, none of these first. */
    private static String field(String name) {
        return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_").replaceFirst("^_+", "");
    }

    /** A value with a newline has its length before it, in little-endian order. */
    private static void add(ByteArrayOutputStream out, String name, byte[] value) {
        out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        boolean simple = true;
        for (byte b : value) {
            simple &= b != '\n';
        }
        if (simple) {
            out.write('=');
        } else {
            out.write('\n');
            out.writeBytes(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value.length)
                    .array());
        }
        out.writeBytes(value);
        out.write('\n');
    }

    @Override
    public void open() throws IOException {
        wire.open();
    }

    @Override
    public void send(LogEntry entry) throws IOException, InterruptedException {
        boolean partial = entry.partial();
        byte[] bytes = entry.bytes();
        ByteArrayOutputStream out = new ByteArrayOutputStream(fields.length + bytes.length + 256);
        add(out, "MESSAGE", partial ? bytes : Arrays.copyOf(bytes, bytes.length - 1));
        add(out, "PRIORITY", ascii(entry.stream() == LogStream.STDERR ? "3" : "6"));
        add(out, "SYSLOG_TIMESTAMP", ascii(entry.time().toString()));
        if (partial) {
            add(out, "CONTAINER_PARTIAL_MESSAGE", ascii("true"));
        }
        if (partial || continued) {
            add(out, "CONTAINER_PARTIAL_LAST", ascii(Boolean.toString(!partial)));
        }
        out.writeBytes(fields);
        wire.send(out.toByteArray());
        continued = partial;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
