package dev.priok.logs.internal;

import dev.priok.core.Failure;
import dev.priok.logs.LogEntry;
import dev.priok.logs.LogStream;
import dev.priok.logs.LogSubject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Sends a log to a syslog server, in the formats that Docker's driver has.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5424">RFC 5424</a> and <a href="https://www.rfc-editor.org/rfc/rfc3164">RFC 3164</a>
 */
final class SyslogSink implements LogSink {
    static final String NAME = "syslog";

    private static final int DEFAULT_PORT = 514;
    private static final int DAEMON_FACILITY = 3;
    private static final int ERROR = 3;
    private static final int INFORMATIONAL = 6;

    /** By their codes, RFC 5424 section 6.2.1, as Docker calls them. */
    private static final List<String> FACILITIES = List.of(
            "kern",
            "user",
            "mail",
            "daemon",
            "auth",
            "syslog",
            "lpr",
            "news",
            "uucp",
            "cron",
            "authpriv",
            "ftp",
            "",
            "",
            "",
            "",
            "local0",
            "local1",
            "local2",
            "local3",
            "local4",
            "local5",
            "local6",
            "local7");

    /** Where the machine's own syslog listens. */
    private static final List<String> LOCAL_SOCKETS = List.of("/dev/log", "/var/run/syslog", "/var/run/log");

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssXXX", Locale.ROOT);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", Locale.ROOT);

    /** What comes before the line. */
    private enum Format {
        UNIX,
        RFC3164,
        RFC5424,
        RFC5424MICRO
    }

    private final Wire wire;
    private final Format format;
    private final int facility;
    private final String tag;
    private final String host = HostName.ofThisMachine();
    private final long pid = ProcessHandle.current().pid();
    private final ZoneId zone = ZoneId.systemDefault();

    private SyslogSink(Wire wire, Format format, int facility, String tag) {
        this.wire = wire;
        this.format = format;
        this.facility = facility;
        this.tag = tag;
    }

    /** Checks the options. */
    static void check(Map<String, String> options) {
        Set<String> names = new HashSet<>(Attributes.NAMES);
        names.addAll(Set.of("syslog-address", "syslog-facility", "syslog-format"));
        names.addAll(ForwardedDriver.NAMES);
        for (String name : options.keySet()) {
            if (name.startsWith("syslog-tls-")) {
                throw Failure.invalid(
                        "log opt '%s': priok sends no syslog over TLS; use tcp, udp or a local socket", name);
            }
        }
        OptionText.known(NAME, options, names);
        wire(options.getOrDefault("syslog-address", ""));
        facility(options.getOrDefault("syslog-facility", ""));
        format(options.getOrDefault("syslog-format", ""));
    }

    static SyslogSink of(Map<String, String> options, LogSubject subject) {
        return new SyslogSink(
                wire(options.getOrDefault("syslog-address", "")),
                format(options.getOrDefault("syslog-format", "")),
                facility(options.getOrDefault("syslog-facility", "")),
                Attributes.tag(options, subject));
    }

    private static Wire wire(String address) {
        if (address.isEmpty()) {
            String socket = LOCAL_SOCKETS.stream()
                    .filter(path -> Files.exists(Path.of(path)))
                    .findFirst()
                    .orElse(LOCAL_SOCKETS.getFirst());
            return new DatagramWire(socket);
        }
        URI uri;
        try {
            uri = URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "syslog-address: parse '" + address + "': " + e.getMessage(), e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        return switch (scheme) {
            case "unix" -> NetworkWire.unix(existing(uri.getPath()));
            case "unixgram" -> new DatagramWire(existing(uri.getPath()));
            case "tcp" -> NetworkWire.tcp(host(uri, address), port(uri));
            case "udp" -> NetworkWire.udp(host(uri, address), port(uri));
            default -> throw Failure.invalid("unsupported scheme: '%s'", scheme);
        };
    }

    private static String existing(String path) {
        if (path == null || !Files.exists(Path.of(path))) {
            throw Failure.invalid("stat %s: no such file or directory", path);
        }
        return path;
    }

    private static String host(URI uri, String address) {
        if (uri.getHost() == null) {
            throw Failure.invalid("syslog-address: '%s' names no host", address);
        }
        return uri.getHost();
    }

    private static int port(URI uri) {
        return uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    }

    private static int facility(String text) {
        if (text.isEmpty()) {
            return DAEMON_FACILITY;
        }
        int named = FACILITIES.indexOf(text);
        if (named >= 0) {
            return named;
        }
        if (text.matches("\\d{1,2}") && Integer.parseInt(text) < FACILITIES.size()) {
            return Integer.parseInt(text);
        }
        throw Failure.invalid("invalid syslog facility");
    }

    private static Format format(String text) {
        return switch (text) {
            case "" -> Format.UNIX;
            case "rfc3164" -> Format.RFC3164;
            case "rfc5424" -> Format.RFC5424;
            case "rfc5424micro" -> Format.RFC5424MICRO;
            default -> throw Failure.invalid("Invalid syslog format");
        };
    }

    @Override
    public void open() throws IOException {
        wire.open();
    }

    @Override
    public void send(LogEntry entry) throws IOException, InterruptedException {
        int severity = entry.stream() == LogStream.STDERR ? ERROR : INFORMATIONAL;
        byte[] head = head(facility * 8 + severity, entry.time()).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream(head.length + entry.bytes().length + 1);
        message.writeBytes(head);
        message.writeBytes(entry.bytes());
        if (entry.partial()) {
            message.write('\n');
        }
        wire.send(message.toByteArray());
    }

    private String head(int priority, Instant time) {
        return switch (format) {
            case UNIX -> "<%d>%s %s[%d]: ".formatted(priority, STAMP.format(time.atZone(zone)), tag, pid);
            case RFC3164 -> "<%d>%s %s %s[%d]: ".formatted(priority, STAMP.format(time.atZone(zone)), host, tag, pid);
            case RFC5424 -> modern(priority, SECONDS.format(time.atZone(zone)));
            case RFC5424MICRO -> modern(priority, MICROS.format(time.atZone(zone)));
        };
    }

    private String modern(int priority, String time) {
        return "<%d>1 %s %s %s %d %s - ".formatted(priority, time, host, tag, pid, tag);
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
