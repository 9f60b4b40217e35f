package dev.priok.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
    @ParameterizedTest
    @CsvSource({
        "alpine, docker.io/library/alpine:latest, alpine:latest",
        "alpine:3.20, docker.io/library/alpine:3.20, alpine:3.20",
        "user/app, docker.io/user/app:latest, user/app:latest",
        "index.docker.io/library/alpine, docker.io/library/alpine:latest, alpine:latest",
        "localhost/app, localhost/app:latest, localhost/app:latest",
        "localhost:5000/a/b:c, localhost:5000/a/b:c, localhost:5000/a/b:c",
        "ghcr.io/o/r, ghcr.io/o/r:latest, ghcr.io/o/r:latest",
    })
    void parse_normalises(String text, String whole, String familiar) {
        ImageReference reference = ImageReference.parse(text).withDefaultTag();
        assertEquals(whole, reference.toString());
        assertEquals(familiar, reference.familiar());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "UPPER",
                "a//b",
                "a:",
                "a@sha256:12",
                "-a",
                "a:b:c",
                "sha256/../x",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            })
    void parse_refuses(String text) {
        assertEquals(
                Failure.Kind.INVALID,
                assertThrows(Failure.class, () -> ImageReference.parse(text)).kind());
    }
}
