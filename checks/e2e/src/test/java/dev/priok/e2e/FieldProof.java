package dev.priok.e2e;

import java.util.regex.Pattern;

/**
 * How a test shows what a field of a create request does. Fragments are members of the JSON objects Config and HostConfig.
 */
sealed interface FieldProof {
    /** What the compatibility table has to say of a field that is proven so. */
    String status();

    /** What a shell in the container that is started with it prints, or what create and start answer, matches. */
    record Runs(String config, String host, String script, Pattern printed) implements FieldProof {
        @Override
        public String status() {
            return "works";
        }
    }

    /** The inspection of the running container matches. */
    record Shows(String status, String config, String host, Pattern shown) implements FieldProof {}

    /** The request, or the start, is refused with a message that matches; a field that works may refuse nonsense. */
    record Refuses(String status, String config, String host, Pattern message) implements FieldProof {}

    /** The answer has a warning that matches. */
    record Warns(String config, String host, Pattern warning) implements FieldProof {
        @Override
        public String status() {
            return "told";
        }
    }

    /** A test of its own shows that it works. */
    record Elsewhere(Class<?> test, String method) implements FieldProof {
        @Override
        public String status() {
            return "works";
        }
    }

    /** Only answers have it. */
    record Answer() implements FieldProof {
        @Override
        public String status() {
            return "answer";
        }
    }
}
