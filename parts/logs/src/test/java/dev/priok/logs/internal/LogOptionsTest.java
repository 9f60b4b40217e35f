package dev.priok.logs.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.logs.LogConfig;
import dev.priok.logs.LogDrivers;
import dev.priok.logs.LogSubject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogOptionsTest {
    private static FileOptions file(Map<String, String> options) {
        return FileOptions.parse(options, "", FileOptions.JSON_FILE);
    }

    private static String refusal(String driver, Map<String, String> options) {
        return assertThrows(Failure.class, () -> LogDrivers.validate(new LogConfig(driver, options)))
                .message();
    }

    @Test
    void defaults_rotate() {
        FileOptions options = file(Map.of());
        assertEquals(100_000_000, options.maximumBytes());
        assertEquals(3, options.files());
    }

    @Test
    void sizes_areDecimal() {
        assertEquals(10_000_000, file(Map.of("max-size", "10m")).maximumBytes());
        assertEquals(1500, file(Map.of("max-size", "1.5k")).maximumBytes());
        assertEquals(7, file(Map.of("max-size", "7")).maximumBytes());
        assertTrue(file(Map.of("max-size", "-1")).maximumBytes() < 0);
        assertTrue(file(Map.of("max-size", "0")).maximumBytes() < 0);
    }

    @Test
    void wrong_isRefusedWithItsName() {
        assertEquals(
                "unknown log opt 'colour' for json-file log driver", refusal("json-file", Map.of("colour", "red")));
        assertEquals("invalid size: '-5'", refusal("", Map.of("max-size", "-5")));
        assertEquals("unknown log opt 'colour' for local log driver", refusal("local", Map.of("colour", "red")));
        assertEquals(
                "logger: max-buffer-size option is only supported with 'mode=non-blocking'",
                refusal("local", Map.of("max-buffer-size", "1m")));
        assertEquals("invalid size: '10 apples'", refusal("", Map.of("max-size", "10 apples")));
        assertEquals("max-file cannot be less than 1", refusal("", Map.of("max-file", "0")));
        assertEquals("max-file is not a number: 'x'", refusal("", Map.of("max-file", "x")));
        assertEquals(
                "compress cannot be true when max-file is less than 2 or max-size is not set",
                refusal("", Map.of("compress", "true", "max-file", "1")));
        assertEquals("logger: no log driver named 'paper' is registered", refusal("paper", Map.of()));
        assertEquals("invalid log tag: no field 'Colour'", refusal("", Map.of("tag", "{{.Colour}}")));
    }

    @Test
    void attributes_fromLabelsEnvAndTag() {
        LogSubject subject = new LogSubject(
                "0123456789abcdef".repeat(4),
                "web",
                "sha256:1",
                "nginx",
                List.of(),
                Map.of("tier", "front<end>", "com.a", "1", "com.b", "2"),
                List.of("A=1=2", "B", "C="));
        Map<String, String> options = Map.of(
                "labels",
                "tier,missing",
                "labels-regex",
                "^com\\.",
                "env",
                "A,B",
                "env-regex",
                "^C",
                "tag",
                "{{.Name}}/{{.ID}}");
        assertEquals(
                "{\"A\":\"1=2\",\"C\":\"\",\"com.a\":\"1\",\"com.b\":\"2\",\"tag\":\"web/0123456789ab\","
                        + "\"tier\":\"front\\u003cend\\u003e\"}",
                new String(Attributes.json(Attributes.of(options, subject)), StandardCharsets.UTF_8));
    }
}
