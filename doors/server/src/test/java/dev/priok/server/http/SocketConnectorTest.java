package dev.priok.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketConnectorTest {
    @ParameterizedTest
    @CsvSource({
        "'POST /a HTTP/1.1|Host: |X: y||', 'POST /a HTTP/1.1|Host:d|X: y||'",
        "'POST /a HTTP/1.1|X: y|Host: ||body', 'POST /a HTTP/1.1|X: y|Host:d||body'",
        "'POST /a HTTP/1.1|Host: h|||Host: |', 'POST /a HTTP/1.1|Host: h|||Host: |'",
        "'POST /a HTTP/1.1|Host: docker||', 'POST /a HTTP/1.1|Host: docker||'",
        "'P', 'P'",
    })
    void blankHost_isNamedInTheHeadAlone(String request, String changed) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes(request));
        SocketConnector.nameHost(buffer, 0);
        assertEquals(changed, new String(buffer.array(), StandardCharsets.US_ASCII).replace("\r\n", "|"));
    }

    private static byte[] bytes(String lines) {
        return lines.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
