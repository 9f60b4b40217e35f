package dev.priok.client;

import dev.priok.client.internal.TlsContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * What a TLS connection to a daemon needs, all PEM files.
 *
 * @param authority who may sign the daemon's certificate; empty for those that the JDK trusts
 * @param certificate of this client; empty for none
 * @param key of that certificate; empty for none
 * @param verify whether the daemon must prove who it is; {@code --tls} alone does not ask for it
 */
public record TlsFiles(Optional<Path> authority, Optional<Path> certificate, Optional<Path> key, boolean verify) {
    private static final int HANDSHAKE_MILLIS = 30_000;

    Connection connect(String host, int port) throws IOException {
        SSLContext context = TlsContext.of(this);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(host, port);
        try {
            if (verify) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            socket.setSoTimeout(HANDSHAKE_MILLIS);
            socket.startHandshake();
            socket.setSoTimeout(0);
            return new TlsConnection(socket, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private record TlsConnection(SSLSocket socket, InputStream input, OutputStream output) implements Connection {
        @Override
        public void closeOutput() throws IOException {
            socket.shutdownOutput();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
