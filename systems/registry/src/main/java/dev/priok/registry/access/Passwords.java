package dev.priok.registry.access;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users of an htpasswd file with bcrypt hashes ({@code htpasswd -B}); read again when the file changes. A right password is
 * remembered for a minute, as a keyed hash, because bcrypt is slow on purpose.
 */
public final class Passwords {
    private static final Logger LOG = LoggerFactory.getLogger(Passwords.class);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int MAXIMUM_REMEMBERED = 10_000;
    /** bcrypt takes no more; longer ones are refused rather than cut. */
    private static final int LONGEST_PASSWORD_BYTES = 72;
    /** Compared with when there is no such user, so that the time tells nothing. */
    private static final String NOBODY = BCrypt.withDefaults().hashToString(10, "nobody".toCharArray());

    private final Path file;
    private final InstantSource clock;
    private final byte[] key = new byte[32];
    private final Map<String, Instant> right = new ConcurrentHashMap<>();
    private Map<String, String> hashes = Map.of();
    private FileTime read = FileTime.fromMillis(-1);
    private long length = -1;

    /**
     * Reads the file.
     *
     * @throws IOException when it cannot be read or has a line that is no bcrypt entry
     */
    public Passwords(Path file, InstantSource clock, SecureRandom random) throws IOException {
        this.file = file;
        this.clock = clock;
        random.nextBytes(key);
        hashes();
    }

    private synchronized Map<String, String> hashes() throws IOException {
        FileTime modified = Files.getLastModifiedTime(file);
        long size = Files.size(file);
        if (!modified.equals(read) || size != length) {
            Map<String, String> fresh = new HashMap<>();
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                int colon = line.indexOf(':');
                if (colon <= 0 || !line.startsWith("$2", colon + 1)) {
                    throw new IOException("%s line %d is no user with a bcrypt hash: make it with htpasswd -B"
                            .formatted(file, number));
                }
                fresh.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
            LOG.info("{} users in {}", fresh.size(), file);
            hashes = Map.copyOf(fresh);
            read = modified;
            length = size;
            right.clear();
        }
        return hashes;
    }

    boolean exists(String user) throws IOException {
        return hashes().containsKey(user);
    }

    /** Whether the password was right a moment ago, which costs no bcrypt. */
    boolean isRemembered(String user, String password) throws IOException {
        // The file first: when it has changed, nothing is remembered any more.
        boolean known = hashes().containsKey(user);
        Instant until = right.get(keyed(user, password));
        return known && until != null && clock.instant().isBefore(until);
    }

    boolean check(String user, String password) throws IOException {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_PASSWORD_BYTES || bytes.length == 0) {
            return false;
        }
        String hash = hashes().get(user);
        boolean matches = BCrypt.verifyer()
                .verify(bytes, (hash == null ? NOBODY : hash).getBytes(StandardCharsets.US_ASCII))
                .verified;
        if (!matches || hash == null) {
            return false;
        }
        if (right.size() >= MAXIMUM_REMEMBERED) {
            right.clear();
        }
        right.put(keyed(user, password), clock.instant().plus(REMEMBERED));
        return true;
    }

    private String keyed(String user, String password) {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            hash.update(key);
            hash.update(user.getBytes(StandardCharsets.UTF_8));
            hash.update((byte) 0);
            hash.update(password.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash.digest());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }
}
