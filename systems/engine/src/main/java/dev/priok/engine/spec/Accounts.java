package dev.priok.engine.spec;

import dev.priok.core.Failure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The users and groups of a root file system: passwd(5) and group(5).
 *
 * @param users in the order of the file
 * @param groups in the order of the file
 */
public record Accounts(List<User> users, List<Group> groups) {
    /** A container may bring a file of any size; what is beyond this many lines is not looked at. */
    private static final int MAXIMUM_LINES = 20_000;

    /** Ids are unsigned 32 bits in the kernel, and runc refuses what does not fit an int. */
    private static final long MAXIMUM_ID = Integer.MAX_VALUE;

    /** One line of /etc/passwd. */
    public record User(String name, int uid, int gid, String home) {}

    /** One line of /etc/group. */
    public record Group(String name, int gid, List<String> members) {}

    /** Who a process runs as. */
    public record Identity(int uid, int gid, List<Integer> additionalGids, String home) {}

    /** Reads both files; empty text for a file that is not there. */
    public static Accounts parse(String passwd, String group) {
        List<User> users = new ArrayList<>();
        passwd.lines().limit(MAXIMUM_LINES).forEach(line -> {
            String[] fields = line.split(":", -1);
            if (fields.length >= 4 && isId(fields[2]) && isId(fields[3])) {
                users.add(new User(
                        fields[0],
                        Integer.parseInt(fields[2]),
                        Integer.parseInt(fields[3]),
                        fields.length > 5 ? fields[5] : ""));
            }
        });
        List<Group> groups = new ArrayList<>();
        group.lines().limit(MAXIMUM_LINES).forEach(line -> {
            String[] fields = line.split(":", -1);
            if (fields.length >= 3 && isId(fields[2])) {
                List<String> members =
                        fields.length > 3 && !fields[3].isEmpty() ? List.of(fields[3].split(",")) : List.of();
                groups.add(new Group(fields[0], Integer.parseInt(fields[2]), members));
            }
        });
        return new Accounts(List.copyOf(users), List.copyOf(groups));
    }

    /**
     * Resolves {@code user[:group]} and further groups.
     *
     * @throws Failure with Docker's words when a name is in neither file
     */
    public Identity resolve(String text, List<String> furtherGroups) {
        int colon = text.indexOf(':');
        String userText = colon < 0 ? text : text.substring(0, colon);
        String groupText = colon < 0 ? "" : text.substring(colon + 1);
        Optional<User> user = user(userText.isEmpty() ? "0" : userText);
        int uid;
        if (user.isPresent()) {
            uid = user.get().uid();
        } else if (userText.isEmpty()) {
            uid = 0;
        } else if (isId(userText)) {
            uid = Integer.parseInt(userText);
        } else {
            requireInRange(userText);
            throw Failure.invalid("unable to find user %s: no matching entries in passwd file", userText);
        }
        int gid = user.map(User::gid).orElse(0);
        Set<Integer> further = new LinkedHashSet<>();
        if (!groupText.isEmpty()) {
            gid = groupId(groupText);
        } else if (user.isPresent()) {
            String name = user.get().name();
            groups.stream().filter(g -> g.members().contains(name)).forEach(g -> further.add(g.gid()));
        }
        furtherGroups.forEach(name -> further.add(groupId(name)));
        // As Docker does: the primary group is the first of the further ones.
        List<Integer> gids = new ArrayList<>();
        gids.add(gid);
        for (int other : further) {
            if (other != gid) {
                gids.add(other);
            }
        }
        return new Identity(
                uid, gid, gids, user.map(User::home).filter(h -> !h.isEmpty()).orElse("/"));
    }

    private Optional<User> user(String text) {
        Optional<User> byName =
                users.stream().filter(u -> u.name().equals(text)).findFirst();
        if (byName.isPresent() || !isId(text)) {
            return byName;
        }
        int uid = Integer.parseInt(text);
        return users.stream().filter(u -> u.uid() == uid).findFirst();
    }

    private int groupId(String text) {
        Optional<Group> byName =
                groups.stream().filter(g -> g.name().equals(text)).findFirst();
        if (byName.isPresent()) {
            return byName.get().gid();
        }
        if (isId(text)) {
            return Integer.parseInt(text);
        }
        requireInRange(text);
        throw Failure.invalid("unable to find group %s: no matching entries in group file", text);
    }

    /** A number that is no id is not the name of a missing user. */
    private static void requireInRange(String text) {
        if (text.matches("-?[0-9]+")) {
            throw Failure.invalid("uids and gids must be in range 0-%d", MAXIMUM_ID);
        }
    }

    private static boolean isId(String text) {
        return !text.isEmpty()
                && text.length() <= 10
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Long.parseLong(text) <= MAXIMUM_ID;
    }
}
