package dev.priok.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiJsonTest {
    private static <T> T read(String json, Class<T> type) {
        return ApiJson.read(json.getBytes(StandardCharsets.UTF_8), type);
    }

    @Test
    void read_namesInAnyCaseAndUnknownOnes_areTakenAsGoDoes() {
        ContainerConfig config =
                read("{\"image\":\"a\",\"Cmd\":\"ls\",\"Nonsense\":[{}],\"Env\":null}", ContainerConfig.class);
        assertEquals("a", config.image());
        assertEquals(List.of("ls"), config.cmd());
        assertEquals(List.of(), config.env());
        assertNull(config.entrypoint());
    }

    @Test
    void read_hostConfig_keepsTheDifferenceBetweenAbsentAndEmpty() {
        HostConfig host = read(
                "{\"MaskedPaths\":[],\"Init\":true,\"UTSMode\":\"host\",\"PortBindings\":{\"80/tcp\":null}}",
                HostConfig.class);
        assertEquals(List.of(), host.maskedPaths());
        assertNull(host.readonlyPaths());
        assertEquals(true, host.init());
        assertEquals("host", host.utsMode());
        assertTrue(host.portBindings().containsKey("80/tcp"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|invalid JSON: got EOF while reading request body",
                "{|invalid JSON: unexpected EOF",
                "{}x|unexpected content after JSON",
                "{}{}|unexpected content after JSON",
                "[]|invalid JSON: the document: must be an object",
                "{\"Memory\":\"1\"}|invalid JSON: field Memory: must be a whole number in range",
                "{\"Memory\":1.5}|invalid JSON: field Memory: ",
                "{\"IpcMode\":7}|invalid JSON: field IpcMode: must be a string",
                "{\"Privileged\":\"yes\"}|invalid JSON: field Privileged: ",
                "{\"Ulimits\":[{\"Soft\":{}}]}|invalid JSON: field Ulimits.[0].Soft: "
            })
    void read_wrongDocument_isInvalidAndNamesTheField(String json, String messageStart) {
        Failure failure = assertThrows(Failure.class, () -> read(json, HostConfig.class));
        assertEquals(Failure.Kind.INVALID, failure.kind());
        assertTrue(failure.message().startsWith(messageStart), failure.message());
        assertTrue(!failure.message().contains("java."), failure.message());
    }

    @Test
    void apiVersion_comparesNumbers() {
        assertTrue(ApiVersion.parse("1.9").compareTo(ApiVersion.parse("1.24")) < 0);
        assertTrue(ApiVersion.parse("1.51").atLeast(51));
        assertThrows(Failure.class, () -> ApiVersion.parse("..1"));
    }
}
