package dev.priok.runtime.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.MountAttribute;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountOptionsTest {
    private static MountOptions parse(String... options) {
        return MountOptions.parse(List.of(options));
    }

    @Test
    void attributes_areSetAndCleared() {
        MountOptions options = parse("ro", "nosuid", "exec", "noatime");
        assertEquals(MountAttribute.RDONLY | MountAttribute.NOSUID | MountAttribute.NOATIME, options.set());
        assertEquals(MountAttribute.NOEXEC | 0x70, options.clear() | MountAttribute.NOATIME);
    }

    @Test
    void lastOfContradictingOptions_wins() {
        assertEquals(0, parse("ro", "rw").set());
        assertEquals(MountAttribute.RDONLY, parse("ro", "rw").clear());
        assertEquals(MountAttribute.RDONLY, parse("rw", "ro").set());
        assertEquals(0, parse("rw", "ro").clear());
        assertEquals(MountAttribute.STRICTATIME, parse("noatime", "strictatime").set());
    }

    @Test
    void recursiveOptions_areKeptApart() {
        MountOptions options = parse("rro", "rnosuid", "rbind", "rslave");
        assertEquals(0, options.set());
        assertEquals(MountAttribute.RDONLY | MountAttribute.NOSUID, options.recursiveSet());
        assertEquals(MountAttribute.MS_SLAVE, options.propagation());
        assertTrue(options.recursivePropagation());
        assertTrue(options.bind());
        assertTrue(options.recursiveBind());
    }

    @Test
    void relatime_isNotTakenForARecursiveOption() {
        MountOptions options = parse("relatime", "rrelatime");
        assertEquals(List.of(), options.data());
        assertEquals(0x70, options.recursiveClear());
    }

    @Test
    void data_isWhatIsLeft() {
        MountOptions options = parse("defaults", "mode=1777", "size=64m", "newinstance", "async", "private");
        assertEquals(List.of("mode=1777", "size=64m", "newinstance"), options.data());
        assertFalse(options.bind());
        assertFalse(options.recursivePropagation());
        assertEquals(List.of(), parse("tmpcopyup").data());
        assertEquals(java.util.Optional.of(true), parse("rbind", "ridmap").idMap());
        assertEquals(java.util.Optional.of(false), parse("idmap").idMap());
    }
}
