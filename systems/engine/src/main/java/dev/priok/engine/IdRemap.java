package dev.priok.engine;

import dev.priok.core.Failure;
import dev.priok.oci.runtime.LinuxSpec.IdMapping;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which users and groups of the host those inside containers are: subordinate ids as subuid(5) gives them to a user.
 *
 * @param uids users, from 0 inside
 * @param gids groups, from 0 inside
 */
public record IdRemap(List<IdMapping> uids, List<IdMapping> gids) {
    /** Asks for the user {@value #DEFAULT_USER}, which gets ids if it has none. */
    private static final String DEFAULT = "default";

    /** Docker's. */
    private static final String DEFAULT_USER = "dockremap";

    /** SUB_UID_MIN and SUB_UID_COUNT of login.defs(5). */
    private static final long FIRST = 100_000;

    private static final long COUNT = 65_536;

    /** SUB_UID_MAX of login.defs(5). */
    private static final long LAST = 600_100_000;

    public IdRemap {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
        if (uids.isEmpty() || gids.isEmpty()) {
            throw Failure.invalid("a mapping of ids needs users and groups");
        }
    }

    /** A user or group as its file names it. */
    private record Account(String name, String id) {}

    /**
     * Reads {@code default}, {@code user} or {@code user:group}, each by name or number.
     *
     * @param etc folder of passwd, group, subuid and subgid
     * @throws Failure of kind INVALID when there is no such user or group, or it has no ids
     */
    public static IdRemap of(String asked, Path etc) throws IOException {
        if (asked.equals(DEFAULT)) {
            return new IdRemap(provided(etc.resolve("subuid")), provided(etc.resolve("subgid")));
        }
        String[] pair = asked.split(":", -1);
        if (pair.length > 2 || pair[0].isEmpty() || pair[pair.length - 1].isEmpty()) {
            throw Failure.invalid("invalid --userns-remap \"%s\": want default, user or user:group", asked);
        }
        Account user = account(etc.resolve("passwd"), pair[0])
                .orElseThrow(() -> Failure.invalid(
                        "invalid --userns-remap \"%s\": there is no user \"%s\" in %s",
                        asked, pair[0], etc.resolve("passwd")));
        String groupName = pair.length == 2 ? pair[1] : user.name();
        Account group = account(etc.resolve("group"), groupName)
                .orElseThrow(() -> Failure.invalid(
                        "invalid --userns-remap \"%s\": there is no group \"%s\" in %s",
                        asked, groupName, etc.resolve("group")));
        return new IdRemap(mappings(etc.resolve("subuid"), user, asked), mappings(etc.resolve("subgid"), group, asked));
    }

    private static Optional<Account> account(Path file, String asked) throws IOException {
        return lines(file).stream()
                .map(line -> line.split(":", -1))
                .filter(words -> words.length > 2 && (words[0].equals(asked) || words[2].equals(asked)))
                .map(words -> new Account(words[0], words[2]))
                .findFirst();
    }

    private static List<IdMapping> mappings(Path file, Account account, String asked) throws IOException {
        List<IdMapping> found = ranges(file, account);
        if (found.isEmpty()) {
            throw Failure.invalid(
                    "invalid --userns-remap \"%s\": \"%s\" has no subordinate ids: add a line such as %s:100000:65536 to %s",
                    asked, account.name(), account.name(), file);
        }
        return found;
    }

    private static List<IdMapping> ranges(Path file, Account account) throws IOException {
        List<IdMapping> all = new ArrayList<>();
        long inside = 0;
        for (String line : lines(file)) {
            String[] words = line.split(":", -1);
            if (words.length == 3 && (words[0].equals(account.name()) || words[0].equals(account.id()))) {
                IdMapping range = new IdMapping(inside, number(words[1], file), number(words[2], file));
                inside += range.size();
                all.add(range);
            }
        }
        return all;
    }

    private static long number(String word, Path file) {
        if (!word.matches("\\d{1,10}")) {
            throw Failure.invalid("%s is damaged: \"%s\" is not a number", file, word);
        }
        return Long.parseLong(word);
    }

    private static List<String> lines(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        return Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /** The ids of the default user; new ones behind everybody's, written for others to see, if it has none. */
    private static List<IdMapping> provided(Path file) throws IOException {
        Account user = new Account(DEFAULT_USER, "");
        List<IdMapping> found = ranges(file, user);
        if (!found.isEmpty()) {
            return found;
        }
        long next = FIRST;
        for (String line : lines(file)) {
            String[] words = line.split(":", -1);
            if (words.length == 3) {
                next = Math.max(next, number(words[1], file) + number(words[2], file));
            }
        }
        if (next + COUNT > LAST) {
            throw Failure.invalid(
                    "%s has no room for the ids of %s: give it some, or name another user", file, DEFAULT_USER);
        }
        append(file, DEFAULT_USER + ":" + next + ":" + COUNT + "\n");
        return ranges(file, user);
    }

    private static void append(Path file, String line) throws IOException {
        String before = Files.exists(file) ? Files.readString(file) : "";
        String ended = before.isEmpty() || before.endsWith("\n") ? before : before + "\n";
        Path fresh = file.resolveSibling(file.getFileName() + ".priok");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer text = ByteBuffer.wrap((ended + line).getBytes(StandardCharsets.UTF_8));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
