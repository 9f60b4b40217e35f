package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.ProcessSpec.User;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccountsTest {
    private final MemoryTree tree = MemoryTree.empty();

    @BeforeEach
    void write() {
        tree.write("etc/passwd", """
                root:x:0:0:root:/root:/bin/sh
                # a comment: and:more:fields:than:one:would:think
                app:x:1000:1001::/home/app:/bin/sh
                7:x:77:78::/seven:/bin/sh
                broken:x:many:0::/:/bin/sh
                """);
        tree.write("etc/group", "root:x:0:\napp:x:1001:\nwheel:x:10:other,app\nadm:x:4:app\n");
    }

    private Accounts.Login login(String text) throws IOException {
        return Accounts.read(tree).login(text);
    }

    @Test
    void login_byNameNumberAndGroup() throws IOException {
        assertEquals(new Accounts.Login(User.ROOT, "/root"), login(""));
        assertEquals(new Accounts.Login(new User(1000, 1001, List.of(10, 4)), "/home/app"), login("app"));
        assertEquals(new Accounts.Login(new User(1000, 1001, List.of(10, 4)), "/home/app"), login("1000"));
        assertEquals(new Accounts.Login(new User(1000, 10, List.of()), "/home/app"), login("app:wheel"));
        assertEquals(new Accounts.Login(new User(5, 0, List.of()), "/"), login("5"));
        assertEquals(new Accounts.Login(new User(5, 6, List.of()), "/"), login("5:6"));
        assertEquals(new Accounts.Login(new User(77, 78, List.of()), "/seven"), login("7"));
    }

    @Test
    void login_unknownIsTold() {
        for (String text : new String[] {"ghost", "broken", "app:ghosts", "99999999999"}) {
            Failure failure = assertThrows(Failure.class, () -> login(text));
            assertTrue(failure.message().startsWith("unable to find "), failure.message());
        }
    }

    @Test
    void owner_aloneGivesItsNumberToTheGroup() throws IOException {
        Accounts accounts = Accounts.read(tree);
        assertEquals(new Accounts.Owner(1000, 1001), accounts.owner("app"));
        assertEquals(new Accounts.Owner(9, 9), accounts.owner("9"));
        assertEquals(new Accounts.Owner(0, 10), accounts.owner("root:wheel"));
        assertEquals(new Accounts.Owner(3, 4), accounts.owner("3:4"));
        assertThrows(Failure.class, () -> accounts.owner("ghost"));
        assertThrows(Failure.class, () -> accounts.owner("3:ghosts"));
    }

    @Test
    void read_withoutFilesKnowsNumbersOnly() throws IOException {
        Accounts accounts = Accounts.read(MemoryTree.empty());
        assertEquals(new User(0, 0, List.of()), accounts.login("0:0").user());
        assertThrows(Failure.class, () -> accounts.login("root"));
    }
}
