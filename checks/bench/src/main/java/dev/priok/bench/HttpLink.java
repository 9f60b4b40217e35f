package dev.priok.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One HTTP/1.1 connection that costs the measured server's machine as little as a Java client can. */
final class HttpLink implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final int port;
    private final byte[] buffer = new byte[256 << 10];
    private int status;
    private String location = "";

    HttpLink(int port) throws IOException {
        this.port = port;
        this.socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        this.in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
    }

    int status() {
        return status;
    }

    /** Where the last answer said to go on, as a path. */
    String location() {
        return location;
    }

    /** Bytes of the answer's body, which are read and forgotten. */
    long get(String path) throws IOException {
        return call("GET", path, "Accept: application/vnd.oci.image.manifest.v1+json\r\n", new byte[0]);
    }

    long call(String method, String path, String headers, byte[] body) throws IOException {
        String head = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Length: "
                + body.length + "\r\n" + headers + "\r\n";
        byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
        if (body.length > 0 && body.length < buffer.length - bytes.length) {
            System.arraycopy(bytes, 0, buffer, 0, bytes.length);
            System.arraycopy(body, 0, buffer, bytes.length, body.length);
            socket.getOutputStream().write(buffer, 0, bytes.length + body.length);
        } else {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().write(body);
        }
        long length = method.equals("HEAD") ? Math.min(0, readHead()) : readHead();
        return length < 0 ? chunks() : skip(length);
    }

    /** Reads the head of an answer; the length of its body, -1 for chunks. */
    private long readHead() throws IOException {
        String first = line();
        if (first.length() < 12) {
            throw new EOFException("no answer: " + first);
        }
        status = Integer.parseInt(first.substring(9, 12));
        long length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(line.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                length = -1;
            } else if (lower.startsWith("location:")) {
                String to = line.substring(9).strip();
                location = to.startsWith("http") ? to.substring(to.indexOf('/', 8)) : to;
            }
        }
        return status == 204 || status == 304 ? 0 : length;
    }

    private String line() throws IOException {
        var text = new StringBuilder(80);
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                text.append((char) c);
            }
        }
        return text.toString();
    }

    private long skip(long length) throws IOException {
        long left = length;
        while (left > 0) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new EOFException("the answer ended " + left + " bytes too early");
            }
            left -= n;
        }
        return length;
    }

    private long chunks() throws IOException {
        long total = 0;
        while (true) {
            long length = Long.parseLong(line().split(";")[0].strip(), 16);
            skip(length);
            line();
            total += length;
            if (length == 0) {
                return total;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
