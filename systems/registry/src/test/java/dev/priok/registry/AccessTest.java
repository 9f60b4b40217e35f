package dev.priok.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.priok.database.Database;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.Action;
import dev.priok.registry.access.ApiKeys;
import dev.priok.registry.access.Caller;
import dev.priok.registry.access.LoginGuard;
import dev.priok.registry.access.Passwords;
import dev.priok.registry.access.Policy;
import dev.priok.registry.access.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {
    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private Database database;
    private ApiKeys keys;
    private Tokens tokens;
    private AccessControl access;

    @BeforeEach
    void open() throws IOException {
        database = Database.open(folder.resolve("db"));
        Path htpasswd = folder.resolve("htpasswd");
        Files.writeString(htpasswd, "ann:" + BCrypt.withDefaults().hashToString(4, "secret".toCharArray()) + "\n");
        keys = new ApiKeys(database, now::get, new SecureRandom());
        tokens = Tokens.open(folder.resolve("key"), "test", now::get);
        access = new AccessControl(
                new Policy(List.of(
                        new Policy.Rule(List.of("public/*"), Set.of(), Set.of(), true, Set.of(Action.PULL)),
                        new Policy.Rule(List.of("home/${user}/**"), Set.of("*"), Set.of(), false, Set.of(Action.PUSH)),
                        new Policy.Rule(List.of("ops/**"), Set.of(), Set.of("ops"), false, Set.of(Action.DELETE)))),
                Optional.of(new Passwords(htpasswd, now::get, new SecureRandom())),
                Optional.of(keys),
                Optional.of(tokens),
                false,
                user -> user.equals("ann") ? Set.of("ops") : Set.of(),
                new LoginGuard(now::get));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Caller login(String user, String password) throws IOException {
        String basic = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return access.identify(Optional.of("Basic " + basic), Optional.empty(), "10.0.0.1");
    }

    private boolean may(Caller caller, String repository, Action action) {
        return access.allows(caller, new RepositoryName(repository), action);
    }

    @Test
    void rules_grantByGlobUserAndGroup() throws IOException {
        Caller ann = login("ann", "secret");
        assertTrue(may(Caller.ANONYMOUS, "public/a", Action.PULL));
        assertFalse(may(Caller.ANONYMOUS, "public/a/b", Action.PULL));
        assertFalse(may(Caller.ANONYMOUS, "public/a", Action.PUSH));
        assertTrue(may(ann, "home/ann/x/y", Action.PUSH));
        assertFalse(may(ann, "home/bob/x", Action.PUSH));
        assertTrue(may(ann, "ops/x", Action.DELETE));
    }

    @Test
    void wrongPasswords_makeTheAddressWait() throws IOException {
        for (int i = 0; i < 4; i++) {
            assertEquals(
                    RegistryError.Code.UNAUTHORIZED,
                    assertThrows(RegistryError.class, () -> login("ann", "guess"))
                            .code());
        }
        assertEquals(
                RegistryError.Code.TOOMANYREQUESTS,
                assertThrows(RegistryError.class, () -> login("ann", "secret")).code());
        now.set(now.get().plus(Duration.ofSeconds(1)));
        assertEquals("ann", login("ann", "secret").name());
    }

    @Test
    void token_grantsWhatItSaysUntilItEnds() throws IOException {
        String token = tokens.grant(login("ann", "secret"), Map.of("home/ann/x", Set.of(Action.PUSH)));
        Caller caller = access.identify(Optional.of("Bearer " + token), Optional.empty(), "10.0.0.1");
        assertEquals("ann", caller.name());
        assertTrue(may(caller, "home/ann/x", Action.PUSH));
        assertFalse(may(caller, "home/ann/y", Action.PUSH));
        now.set(now.get().plus(Tokens.LIFE));
        assertThrows(
                RegistryError.class,
                () -> access.identify(Optional.of("Bearer " + token), Optional.empty(), "10.0.0.1"));
        String forged = token.substring(0, token.length() - 8) + "AAAAAAAA";
        assertThrows(
                RegistryError.class,
                () -> access.identify(Optional.of("Bearer " + forged), Optional.empty(), "10.0.0.1"));
    }

    @Test
    void refreshToken_isNoAccessToken() {
        String refresh = tokens.refresh("ann");
        assertEquals("ann", tokens.refreshed(refresh));
        assertThrows(
                RegistryError.class,
                () -> access.identify(Optional.of("Bearer " + refresh), Optional.empty(), "10.0.0.1"));
    }

    @Test
    void apiKey_isAPasswordUntilItIsRevoked() throws IOException {
        String key = keys.make("ann", "ci", Optional.empty()).key();
        assertEquals(Caller.Proof.API_KEY, login("ann", key).by());
        assertTrue(keys.revoke("ann", keys.list("ann").getFirst().id()));
        assertThrows(RegistryError.class, () -> login("ann", key));
    }
}
