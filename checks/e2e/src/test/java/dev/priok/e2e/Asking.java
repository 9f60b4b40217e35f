package dev.priok.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Talks to servers in containers. */
final class Asking {
    private Asking() {}

    /** What a server says first, tried for some seconds. */
    static String ask(String host, int port) throws IOException {
        IOException last = new IOException("never tried");
        for (int i = 0; i < 100; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), 1000);
                socket.setSoTimeout(2000);
                byte[] answer = socket.getInputStream().readNBytes(5);
                if (answer.length > 0) {
                    return new String(answer, StandardCharsets.UTF_8).strip();
                }
            } catch (IOException e) {
                last = e;
            }
            TestDaemon.pause();
        }
        throw last;
    }
}
