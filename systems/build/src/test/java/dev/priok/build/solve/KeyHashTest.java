package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class KeyHashTest {
    @Property(tries = 500)
    void digest_isEqualForEqualPartsOnly(
            @ForAll @Size(max = 4) List<@CharRange(from = 'a', to = 'b') String> one,
            @ForAll @Size(max = 4) List<@CharRange(from = 'a', to = 'b') String> two) {
        assertEquals(
                one.equals(two),
                new KeyHash("k")
                        .add(one)
                        .digest()
                        .equals(new KeyHash("k").add(two).digest()));
    }

    @Test
    void digest_dependsOnTheKind() {
        assertNotEquals(new KeyHash("a").digest(), new KeyHash("b").digest());
    }

    @Test
    void digest_tellsNamesApartThatAreNoText() {
        // As names of files are read whose bytes are no UTF-8.
        assertNotEquals(
                new KeyHash("k").add("x\uDC80").digest(),
                new KeyHash("k").add("x\uDC81").digest());
    }
}
