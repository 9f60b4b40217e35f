package dev.priok.build.solve;

import dev.priok.build.ProcessSpec;
import dev.priok.build.tree.TargetTree;
import dev.priok.core.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Users and groups as a root file system's own /etc/passwd and /etc/group name them. */
final class Accounts {
    /** Far larger than the account files of any image; more is not read. */
    private static final int MAXIMUM_FILE_BYTES = 4 << 20;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

    private final List<String[]> users;
    private final List<String[]> groups;

    private Accounts(List<String[]> users, List<String[]> groups) {
        this.users = users;
        this.groups = groups;
    }

    static Accounts read(TargetTree tree) throws IOException {
        return new Accounts(lines(tree, "etc/passwd", 7), lines(tree, "etc/group", 4));
    }

    private static List<String[]> lines(TargetTree tree, String path, int fields) throws IOException {
        Optional<byte[]> content = tree.read(path, MAXIMUM_FILE_BYTES);
        return content.map(bytes -> new String(bytes, StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.split(":", -1))
                        .filter(line ->
                                line.length >= fields && NUMBER.matcher(line[2]).matches())
                        .toList())
                .orElse(List.of());
    }

    /**
     * Who a process runs as.
     *
     * @param user ids
     * @param home home directory
     */
    record Login(ProcessSpec.User user, String home) {}

    /**
     * The user of USER: {@code user[:group]}, by name or number; empty for root.
     *
     * @throws Failure of kind INVALID when a name is not known
     */
    Login login(String text) {
        String[] parts = text.split(":", 2);
        String name = parts[0].isEmpty() ? "0" : parts[0];
        Optional<String[]> account = find(users, name);
        int uid = account.map(a -> number(a[2]))
                .or(() -> asNumber(name))
                .orElseThrow(() -> Failure.invalid("unable to find user %s: no matching entries in passwd file", name));
        int ownGid = account.map(a -> number(a[3])).orElse(0);
        int gid = parts.length == 2 && !parts[1].isEmpty()
                ? group(parts[1])
                        .orElseThrow(() ->
                                Failure.invalid("unable to find group %s: no matching entries in group file", parts[1]))
                : ownGid;
        List<Integer> more = new ArrayList<>();
        if (parts.length == 1) {
            account.ifPresent(a -> groups.stream()
                    .filter(g -> Arrays.asList(g[3].split(",")).contains(a[0]))
                    .forEach(g -> more.add(number(g[2]))));
        }
        String home = account.map(a -> a[5]).filter(h -> !h.isEmpty()).orElse("/");
        return new Login(new ProcessSpec.User(uid, gid, more), home);
    }

    /**
     * The owner of {@code --chown=user[:group]}; a user alone gives its number to the group too.
     *
     * @throws Failure of kind INVALID when a name is not known
     */
    Owner owner(String text) {
        String[] parts = text.split(":", 2);
        Optional<String[]> account = find(users, parts[0]);
        int uid = asNumber(parts[0])
                .or(() -> account.map(a -> number(a[2])))
                .orElseThrow(() -> Failure.invalid(
                        "unable to convert uid/gid chown string to host mapping: can't find uid for user %s: no such user: %s",
                        parts[0], parts[0]));
        String groupName = parts.length == 2 && !parts[1].isEmpty() ? parts[1] : parts[0];
        int gid = group(groupName)
                .or(() -> parts.length == 1 ? Optional.of(uid) : Optional.empty())
                .orElseThrow(() -> Failure.invalid(
                        "unable to convert uid/gid chown string to host mapping: can't find gid for group %s: no such group: %s",
                        groupName, groupName));
        return new Owner(uid, gid);
    }

    /** Numbers of an owner. */
    record Owner(int uid, int gid) {}

    private Optional<Integer> group(String name) {
        return asNumber(name).or(() -> find(groups, name).map(g -> number(g[2])));
    }

    /** By name first, as user names may look like numbers. */
    private static Optional<String[]> find(List<String[]> accounts, String name) {
        return accounts.stream()
                .filter(a -> a[0].equals(name))
                .findFirst()
                .or(() -> accounts.stream().filter(a -> a[2].equals(name)).findFirst());
    }

    private static Optional<Integer> asNumber(String text) {
        return NUMBER.matcher(text).matches() && Long.parseLong(text) <= Integer.MAX_VALUE
                ? Optional.of(Integer.parseInt(text))
                : Optional.empty();
    }

    private static int number(String text) {
        return asNumber(text).orElseThrow(() -> Failure.invalid("account number %s is out of range", text));
    }
}
