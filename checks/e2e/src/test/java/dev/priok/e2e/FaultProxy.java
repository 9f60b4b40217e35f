package dev.priok.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands between a client and a registry and does harm: each request is answered with the fault that a test says. One request per
 * connection, so that the harm done to one is done to no other.
 */
final class FaultProxy implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\ncontent-length: *([0-9]+)");
    private static final Pattern RANGE = Pattern.compile("(?i)\nrange: *bytes=([0-9]+)-");
    /** More than every limit of a client that reads documents whole. */
    private static final long ENDLESS_BYTES = 64L << 20;

    /** What is done to one answer. */
    enum Fault {
        NONE,
        /** The connection ends in the middle of the body. */
        CUT,
        /** The connection ends before the answer. */
        HANG_UP,
        /** The answer comes late. */
        DELAY,
        /** One byte of the body is another one. */
        CORRUPT,
        SERVER_ERROR,
        UNAVAILABLE,
        /** 429 with a time to come back. */
        BUSY,
        /** 429 with a time that nobody waits for. */
        BUSY_FOR_LONG,
        /** {@code Docker-Content-Digest} is of something else. */
        WRONG_DIGEST,
        /** The body comes in small pieces. */
        SLOW,
        /** The body does not end where it should. */
        ENDLESS,
        /** 307 to the same thing elsewhere. */
        REDIRECT,
        /** 307 to itself. */
        REDIRECT_LOOP,
        /** A range is asked for and the whole comes. */
        NO_RANGES,
        /** An answer that is no HTTP. */
        GARBAGE
    }

    /**
     * A request as it came.
     *
     * @param from the first byte that was asked for
     */
    record Seen(String method, String path, long from, Fault fault) {
        boolean isBlob() {
            return path.contains("/blobs/sha256:");
        }
    }

    /** Says what to do to a request. */
    @FunctionalInterface
    interface Plan {
        Fault of(Seen request);
    }

    private final ServerSocket socket;
    private final String origin;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private volatile Plan plan = _ -> Fault.NONE;
    private volatile long cutAfter = 1000;
    private volatile long bytesPerSecond = 1 << 20;

    private FaultProxy(ServerSocket socket, String origin) {
        this.socket = socket;
        this.origin = origin;
    }

    /** Begins to stand before a registry, doing no harm. */
    static FaultProxy before(RegistryHost registry) throws IOException {
        FaultProxy proxy =
                new FaultProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), registry.address());
        Thread.startVirtualThread(proxy::accept);
        return proxy;
    }

    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    void doing(Plan other) {
        plan = other;
    }

    /** Where {@link Fault#CUT} cuts and {@link Fault#CORRUPT} changes: after so many bytes of a body. */
    void cutAfter(long bytes) {
        cutAfter = bytes;
    }

    /** How fast {@link Fault#SLOW} is. */
    void speed(long perSecond) {
        bytesPerSecond = perSecond;
    }

    List<Seen> seen() {
        return List.copyOf(seen);
    }

    void forget() {
        seen.clear();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.startVirtualThread(() -> serve(client));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            String[] line = head.lines().findFirst().orElse("").split(" ");
            if (line.length != 3 || !line[2].startsWith("HTTP/1")) {
                // TLS, which is not spoken here; the answer tells those who know.
                status(client.getOutputStream(), "400 Bad Request", "");
                return;
            }
            Matcher range = RANGE.matcher(head);
            Seen request = new Seen(line[0], line[1], range.find() ? Long.parseLong(range.group(1)) : 0, Fault.NONE);
            boolean elsewhere = line[1].contains("elsewhere=");
            Fault fault = elsewhere ? Fault.NONE : plan.of(request);
            seen.add(new Seen(request.method(), request.path(), request.from(), fault));
            answer(client, head, request, fault);
        } catch (IOException _) {
            // A broken connection is what this is for.
        }
    }

    private void answer(Socket client, String head, Seen request, Fault fault) throws IOException {
        OutputStream out = client.getOutputStream();
        switch (fault) {
            case HANG_UP -> {}
            case SERVER_ERROR -> status(out, "500 Internal Server Error", "");
            case UNAVAILABLE -> status(out, "503 Service Unavailable", "Retry-After: 0\r\n");
            case BUSY -> status(out, "429 Too Many Requests", "Retry-After: 1\r\n");
            case BUSY_FOR_LONG -> status(out, "429 Too Many Requests", "Retry-After: 86400\r\n");
            case GARBAGE -> out.write("what do you want\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            case REDIRECT -> {
                String mark = request.path().contains("?") ? "&" : "?";
                status(out, "307 Temporary Redirect", "Location: " + request.path() + mark + "elsewhere=1\r\n");
            }
            case REDIRECT_LOOP -> status(out, "307 Temporary Redirect", "Location: " + request.path() + "\r\n");
            default -> forward(client, head, fault);
        }
    }

    private static void status(OutputStream out, String status, String field) throws IOException {
        out.write(("HTTP/1.1 " + status + "\r\n" + field + "Content-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    private void forward(Socket client, String head, Fault fault) throws IOException {
        String[] parts = origin.split(":");
        try (Socket server = new Socket(parts[0], Integer.parseInt(parts[1]))) {
            String asked = without(head, "connection");
            if (fault == Fault.NO_RANGES) {
                asked = without(asked, "range");
            }
            server.getOutputStream().write(closing(asked).getBytes(StandardCharsets.ISO_8859_1));
            Thread.startVirtualThread(() -> copy(client, server));
            InputStream in = server.getInputStream();
            String answer = without(head(in), "connection");
            OutputStream out = client.getOutputStream();
            if (fault == Fault.DELAY) {
                pause(50 + ThreadLocalRandom.current().nextLong(300));
            }
            if (fault == Fault.WRONG_DIGEST) {
                answer = answer.replaceAll(
                        "(?i)(docker-content-digest: sha256:)[0-9a-f]{64}", "$1" + "0123456789abcdef".repeat(4));
            }
            if (fault == Fault.ENDLESS) {
                answer = without(without(answer, "content-length"), "transfer-encoding");
            }
            out.write(closing(answer).getBytes(StandardCharsets.ISO_8859_1));
            body(in, out, fault, length(answer));
        }
    }

    private static Optional<Long> length(String head) {
        Matcher length = LENGTH.matcher(head);
        return length.find() ? Optional.of(Long.parseLong(length.group(1))) : Optional.empty();
    }

    private void body(InputStream in, OutputStream out, Fault fault, Optional<Long> length) throws IOException {
        byte[] buffer = new byte[16 << 10];
        long place = Math.min(cutAfter, length.map(n -> n / 2).orElse(cutAfter));
        long sent = 0;
        int n = in.read(buffer);
        while (n >= 0) {
            if (fault == Fault.CUT && sent + n > place) {
                out.write(buffer, 0, (int) (place - sent));
                return;
            }
            if (fault == Fault.CORRUPT && sent <= place && place < sent + n) {
                buffer[(int) (place - sent)] ^= 0x20;
            }
            out.write(buffer, 0, n);
            sent += n;
            if (fault == Fault.SLOW) {
                pause(n * 1000L / bytesPerSecond);
            }
            n = in.read(buffer);
        }
        while (fault == Fault.ENDLESS && sent < ENDLESS_BYTES) {
            out.write(buffer);
            sent += buffer.length;
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException _) {
            // The other direction tells.
        }
    }

    private static String without(String head, String field) {
        return head.replaceAll("(?i)(?<=\n)" + field + ":[^\n]*\n", "");
    }

    private static String closing(String head) {
        return head.substring(0, head.length() - 2) + "Connection: close\r\n\r\n";
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int state = 0;
        int b = in.read();
        while (b >= 0) {
            bytes.write(b);
            state = b == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : b == '\r' ? 1 : 0;
            if (state == 4) {
                return bytes.toString(StandardCharsets.ISO_8859_1);
            }
            if (bytes.size() == 1 && b == 0x16) {
                return "";
            }
            b = in.read();
        }
        return "";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public String toString() {
        return "a proxy before " + origin.toLowerCase(Locale.ROOT);
    }
}
