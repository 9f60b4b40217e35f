package dev.priok.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
    @Test
    void read_everyKindOfValue_keepsTypesAndOrder() throws IOException {
        Object tree = Json.read(" {\"b\":[1,-2.5e1,true,false,null,{}], \"a\" : \"x\\\"\\u00e9\\n\\/\" , \"c\":[]} ");
        Map<?, ?> map = (Map<?, ?>) tree;
        assertEquals(List.of("b", "a", "c"), List.copyOf(map.keySet()));
        assertEquals(Arrays.asList(1L, -25.0, true, false, null, Map.of()), map.get("b"));
        assertEquals("x\"é\n/", map.get("a"));
    }

    @Test
    void read_largeNumbers_keepsThem() throws IOException {
        assertEquals(Long.MAX_VALUE, Json.read("9223372036854775807"));
        assertEquals(new BigInteger("18446744073709551615"), Json.read("18446744073709551615"));
    }

    @Test
    void read_nothing_isNull() throws IOException {
        assertNull(Json.read(""));
        assertNull(Json.read(" null"));
    }

    @Test
    void read_textLongerThanTheBuffer_isWhole() throws IOException {
        String text = "é".repeat(20_000);
        assertEquals(text, Json.read("\"" + text + "\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[1,",
                "{\"a\"}",
                "{a:1}",
                "\"x",
                "tru",
                "nul!",
                "-",
                "1.2.3",
                "[1 2]",
                "\"\\x\"",
                "\"\\u00g0\"",
                "<html>"
            })
    void read_notJson_saysSo(String text) {
        IOException failure = assertThrows(IOException.class, () -> Json.read(text));
        assertTrue(failure.getMessage().startsWith("the daemon's answer is not JSON"), failure.getMessage());
    }

    @Test
    void read_nestedTooDeeply_isRefused() {
        assertThrows(IOException.class, () -> Json.read("[".repeat(100_000)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"a":[1,2.5,true,null,"x\\"\\n"],"b":{}} | {"a":[1,2.5,true,null,"x\\"\\n"],"b":{}}
                    [1e3]                                    | [1000]
                    "\\u0001\\u2028"                         | "\\u0001\\u2028"
                    """)
    void write_whatWasRead_isTheSame(String input, String output) throws IOException {
        assertEquals(output, Json.write(Json.read(input)));
    }

    @Test
    void writeIndented_nested_isLaidOutAsGoDoes() throws IOException {
        String expected = """
                [
                    {
                        "a": [
                            1
                        ],
                        "b": {},
                        "c": []
                    }
                ]""";
        assertEquals(expected, Json.writeIndented(Json.read("[{\"a\":[1],\"b\":{},\"c\":[]}]"), "    "));
    }

    @Test
    void object_missingOrOtherType_readsAsEmpty() throws IOException {
        JsonObject object = JsonObject.of(Json.read("{\"a\":1,\"b\":null}"));
        assertEquals("", object.text("a"));
        assertEquals(0, object.number("zz"));
        assertEquals(List.of(), object.texts("b"));
        assertTrue(object.object("a").fields().isEmpty());
    }
}
