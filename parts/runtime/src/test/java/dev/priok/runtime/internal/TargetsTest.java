package dev.priok.runtime.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.init.Program;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import org.junit.jupiter.api.Test;

class TargetsTest {
    @Test
    void relative_isClean() {
        assertEquals("a/b", Targets.relative("/a//./b/"));
        assertEquals("b", Targets.relative("/a/../../b"));
        assertEquals("", Targets.relative("/.."));
        assertEquals("x", Targets.relative("x"));
    }

    @Test
    void folder_missingPartsAreMadeUnderTheRoot() {
        Steps steps = new Steps("testing");
        new Targets(Slot.fixed("root", 3)).folder(steps, "/a/b");
        assertEquals("""
                openat2(root, "a/b", {O_DIRECTORY|O_CLOEXEC|O_PATH, RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT}, 24) = @/a/b or ENOENT
                  otherwise:
                    mkdirat(root, "a", 0755) or EEXIST
                    openat2(root, "a", {O_DIRECTORY|O_CLOEXEC|O_PATH, RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT}, 24) = @/a
                    mkdirat(@/a, "b", 0755) or EEXIST
                    openat2(root, "a/b", {O_DIRECTORY|O_CLOEXEC|O_PATH, RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT}, 24) = @/a/b
                """, String.join("\n", Program.describe(steps)) + "\n");
    }

    @Test
    void file_replacesALinkThatLeadsNowhere() {
        Steps steps = new Steps("testing");
        new Targets(Slot.fixed("root", 3)).file(steps, "/etc/resolv.conf");
        assertEquals("""
                openat2(root, "etc/resolv.conf", {O_CLOEXEC|O_PATH, RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT}, 24) = @/etc/resolv.conf or ENOENT
                  otherwise:
                    mkdirat(root, "etc", 0755) or EEXIST
                    openat2(root, "etc", {O_DIRECTORY|O_CLOEXEC|O_PATH, RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT}, 24) = @/etc
                    openat(@/etc, "resolv.conf", O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0644) = @/etc/resolv.conf or EEXIST
                      otherwise:
                        unlinkat(@/etc, "resolv.conf", 0)
                        openat(@/etc, "resolv.conf", O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0644) = @/etc/resolv.conf
                """, String.join("\n", Program.describe(steps)) + "\n");
    }
}
