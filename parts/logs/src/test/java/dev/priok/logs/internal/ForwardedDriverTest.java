package dev.priok.logs.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Syscall;
import dev.priok.linux.Syscalls;
import dev.priok.logs.LogConfig;
import dev.priok.logs.LogCursor;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogDrivers;
import dev.priok.logs.LogEntry;
import dev.priok.logs.LogQuery;
import dev.priok.logs.LogStream;
import dev.priok.logs.LogSubject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ForwardedDriverTest {
    private static final LogDriver.Marks NOWHERE = (_, _) -> {};
    private static final LogSubject SUBJECT = new LogSubject(
            "0123456789abcdef".repeat(4), "web", "", "nginx", List.of(), Map.of("com.tier", "front"), List.of());

    @TempDir
    Path folder;

    private LogDriver syslog(ServerSocket server, String... more) {
        Map<String, String> options = new HashMap<>();
        options.put("syslog-address", "tcp://127.0.0.1:" + server.getLocalPort());
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return LogDrivers.open(new LogConfig("syslog", options), SUBJECT, folder, InstantSource.system());
    }

    private static ServerSocket server(int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return server;
    }

    private static void write(LogDriver driver, LogStream stream, String... lines) throws IOException {
        LineBatch batch = new LineBatch();
        for (String line : lines) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            int from = batch.put(bytes, bytes.length);
            batch.line(
                    stream, Timestamp.nanos(Instant.parse("2026-01-02T03:04:05.678901Z")), from, from + bytes.length);
        }
        driver.write(batch, NOWHERE);
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    @Test
    void syslog_formatsAsDockerDoes() throws Exception {
        try (ServerSocket server = server(0);
                LogDriver driver = syslog(
                        server, "syslog-format", "rfc5424micro", "tag", "{{.Name}}", "syslog-facility", "local7")) {
            driver.begin();
            try (Socket socket = server.accept()) {
                write(driver, LogStream.STDOUT, "hello\n");
                write(driver, LogStream.STDERR, "oh\n");
                BufferedReader in = reader(socket);
                String line = in.readLine();
                assertTrue(
                        line.matches(
                                "<190>1 2026-01-02T\\d\\d:04:05\\.678901(Z|[+-]\\d\\d:\\d\\d) \\S+ web \\d+ web - hello"),
                        line);
                assertTrue(in.readLine().startsWith("<187>1 "));
            }
        }
    }

    @Test
    void lines_areSentAgainWhenTheServerIsBack_andByTheNextDaemon() throws Exception {
        int port;
        List<String> got = new ArrayList<>();
        try (ServerSocket server = server(0)) {
            port = server.getLocalPort();
            try (LogDriver driver = syslog(server)) {
                driver.begin();
                Socket first = server.accept();
                write(driver, LogStream.STDOUT, "1\n");
                got.add(message(reader(first)));
                first.setSoLinger(true, 0);
                first.close();
                gone(server);
                for (int i = 2; i <= 300; i++) {
                    write(driver, LogStream.STDOUT, i + "\n");
                }
                try (LogCursor cursor = driver.read(LogQuery.ALL).orElseThrow()) {
                    int n = 0;
                    while (cursor.next().isPresent()) {
                        n++;
                    }
                    assertEquals(300, n);
                }
                try (ServerSocket second = server(port);
                        Socket socket = second.accept()) {
                    BufferedReader in = reader(socket);
                    String last = "";
                    while (!last.equals("300")) {
                        last = message(in);
                        got.add(last);
                    }
                }
            }
        }
        // TCP may have taken a line or two that the dead server never read; none comes twice or out of order.
        assertTrue(got.size() >= 296, "got " + got.size());
        for (int i = 1; i < got.size(); i++) {
            assertTrue(Integer.parseInt(got.get(i - 1)) < Integer.parseInt(got.get(i)));
        }
        try (ServerSocket third = server(port);
                LogDriver driver = syslog(third)) {
            driver.begin();
            write(driver, LogStream.STDOUT, "301\n");
            try (Socket socket = third.accept()) {
                String next = message(reader(socket));
                assertTrue(Integer.parseInt(next) > 40, "goes on at " + next);
            }
        }
    }

    private static void gone(ServerSocket server) throws IOException {
        server.close();
    }

    private static String message(BufferedReader in) throws IOException {
        String line = in.readLine();
        return line.substring(line.indexOf("]: ") + 3);
    }

    @Test
    void unreachable_failsTheStart() throws Exception {
        ServerSocket server = server(0);
        server.close();
        try (LogDriver driver = syslog(server)) {
            IOException e = assertThrows(IOException.class, driver::begin);
            assertTrue(
                    e.getMessage().startsWith("failed to initialize logging driver: dial tcp 127.0.0.1:"),
                    e.getMessage());
        }
    }

    @Test
    void cacheDisabled_cannotBeRead() throws Exception {
        try (ServerSocket server = server(0);
                LogDriver driver = syslog(server, "cache-disabled", "true")) {
            assertEquals(Optional.empty(), driver.read(LogQuery.ALL));
        }
    }

    @Test
    void options_areChecked() {
        for (Map<String, String> options : List.of(
                Map.of("syslog-address", "carrier-pigeon://x"),
                Map.of("syslog-facility", "local9"),
                Map.of("syslog-format", "rfc1"),
                Map.of("max-size", "1m"),
                Map.of("cache-max-file", "0"))) {
            assertThrows(Failure.class, () -> LogDrivers.validate(new LogConfig("syslog", options)));
        }
    }

    @Test
    void journald_speaksTheNativeProtocol() throws Exception {
        String path = folder.resolve("j.sock").toString();
        Syscalls sys = Syscalls.host();
        long socket = sys.call(Syscall.SOCKET, 1, 2 | OpenFlag.CLOEXEC, 0);
        byte[] address = ByteBuffer.allocate(2 + path.length() + 1)
                .order(ByteOrder.nativeOrder())
                .putShort((short) 1)
                .put(path.getBytes(StandardCharsets.US_ASCII))
                .array();
        assertEquals(0, sys.call(Syscall.BIND, (int) socket, address, address.length));
        try (JournaldSink sink =
                new JournaldSink(new DatagramWire(path), Map.of("labels", "com.tier", "tag", "t"), SUBJECT)) {
            sink.open();
            sink.send(new LogEntry(
                    Instant.EPOCH, LogStream.STDERR, "a\u00fc\n".getBytes(StandardCharsets.UTF_8), Map.of()));
            byte[] buffer = new byte[4096];
            int n = (int) sys.call(Syscall.READ, (int) socket, buffer, buffer.length);
            String text = new String(buffer, 0, n, StandardCharsets.UTF_8);
            assertTrue(text.startsWith("MESSAGE=a\u00fc\nPRIORITY=3\n"), text);
            assertTrue(text.contains("\nCONTAINER_ID=0123456789ab\n"), text);
            assertTrue(
                    text.contains("\nCONTAINER_NAME=web\nCONTAINER_TAG=t\nIMAGE_NAME=nginx\nSYSLOG_IDENTIFIER=t\n"),
                    text);
            assertTrue(text.endsWith("COM_TIER=front\n"), text);
        } finally {
            sys.call(Syscall.CLOSE, (int) socket);
        }
    }
}
