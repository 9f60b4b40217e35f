package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileModeTest {
    @ParameterizedTest
    @CsvSource({
        "755, 600, false, 755",
        "4711, 600, false, 4711",
        "0, 777, false, 0",
        "u+x, 644, false, 744",
        "+x, 644, false, 755",
        "go-rwx, 777, true, 700",
        "a=r, 777, false, 444",
        "u=rwX, 644, false, 644",
        "u=rwX, 644, true, 744",
        "'u=rw,go=r', 777, false, 644",
        "u+s, 755, false, 4755",
        "g+s, 755, true, 2755",
        "+t, 777, true, 1777",
        "o=, 777, false, 770"
    })
    void apply_asChmodDoes(String mode, String before, boolean directory, String after) {
        assertEquals(Integer.parseInt(after, 8), new FileMode(mode).apply(Integer.parseInt(before, 8), directory));
    }
}
