package dev.priok.engine.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.core.Failure;
import dev.priok.engine.spec.Accounts.Identity;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountsTest {
    private final Accounts accounts = Accounts.parse("""
            root:x:0:0:root:/root:/bin/sh
            web:x:1000:1001::/srv/web:/bin/sh
            broken line
            homeless:x:1002:1002:::
            """, """
            root:x:0:
            web:x:1001:
            wheel:x:10:web,other
            disk:x:6:web
            """);

    @Test
    void empty_isRoot() {
        assertEquals(new Identity(0, 0, List.of(0), "/root"), accounts.resolve("", List.of()));
    }

    @Test
    void name_bringsItsGroups() {
        assertEquals(new Identity(1000, 1001, List.of(1001, 10, 6), "/srv/web"), accounts.resolve("web", List.of()));
    }

    @Test
    void group_replacesThem() {
        assertEquals(new Identity(1000, 6, List.of(6), "/srv/web"), accounts.resolve("web:disk", List.of()));
        assertEquals(new Identity(5, 77, List.of(77), "/"), accounts.resolve("5:77", List.of()));
    }

    @Test
    void unknownNumber_isTaken() {
        assertEquals(new Identity(4242, 0, List.of(0), "/"), accounts.resolve("4242", List.of()));
        assertEquals("/", accounts.resolve("homeless", List.of()).home());
    }

    @Test
    void furtherGroups_areAdded() {
        assertEquals(
                List.of(0, 10, 99), accounts.resolve("", List.of("wheel", "99")).additionalGids());
    }

    @Test
    void unknownNames_areDockersFailures() {
        assertEquals(
                "unable to find user nobody: no matching entries in passwd file",
                assertThrows(Failure.class, () -> accounts.resolve("nobody", List.of()))
                        .message());
        assertEquals(
                "unable to find group staff: no matching entries in group file",
                assertThrows(Failure.class, () -> accounts.resolve("web:staff", List.of()))
                        .message());
    }
}
