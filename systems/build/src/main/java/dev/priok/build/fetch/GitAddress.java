package dev.priok.build.fetch;

import dev.priok.core.Failure;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A place in a git repository, as ADD and build contexts write it: {@code https://host/x.git#ref:folder}, or with a query:
 * {@code https://host/x.git?branch=main&subdir=docs}.
 *
 * @param remote where the repository is
 * @param ref branch, tag, full name of a ref or commit; empty for the remote's HEAD
 * @param folder of the repository; empty for all of it
 * @param commit that the ref must mean, or its beginning
 * @param keepGitDir whether the repository itself comes too, as {@code .git}
 */
public record GitAddress(String remote, String ref, String folder, Optional<String> commit, boolean keepGitDir) {
    private static final Pattern GIT = Pattern.compile(
            "(git://|ssh://|git@|github\\.com/).*|https?://[^?#]*\\.git([#?].*)?", Pattern.CASE_INSENSITIVE);

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern START_OF_COMMIT = Pattern.compile("[0-9a-f]{7,40}");
    private static final Set<String> KNOWN =
            Set.of("ref", "branch", "tag", "subdir", "checksum", "commit", "keep-git-dir", "submodules");

    /** Whether a word means a git repository. */
    public static boolean isGit(String word) {
        return GIT.matcher(word).matches();
    }

    /**
     * Reads an address.
     *
     * @throws Failure of kind INVALID
     */
    public static GitAddress parse(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        int hash = word.indexOf('#');
        String fragment = hash < 0 ? "" : word.substring(hash + 1);
        String rest = hash < 0 ? word : word.substring(0, hash);
        int mark = rest.indexOf('?');
        Map<String, String> query = query(mark < 0 ? "" : rest.substring(mark + 1), word);
        String remote = mark < 0 ? rest : rest.substring(0, mark);
        int colon = fragment.indexOf(':');
        String ref = colon < 0 ? fragment : fragment.substring(0, colon);
        String folder = colon < 0 ? "" : fragment.substring(colon + 1);
        if (query.containsKey("branch")) {
            ref = "refs/heads/" + query.get("branch");
        } else if (query.containsKey("tag")) {
            ref = "refs/tags/" + query.get("tag");
        } else {
            ref = query.getOrDefault("ref", ref);
        }
        Optional<String> commit = Optional.ofNullable(query.getOrDefault("checksum", query.get("commit")));
        return new GitAddress(
                        lower.startsWith("github.com/") ? "https://" + remote : remote,
                        ref,
                        query.getOrDefault("subdir", folder),
                        Optional.empty(),
                        isTrue(query.getOrDefault("keep-git-dir", "false")))
                .at(commit);
    }

    private static Map<String, String> query(String text, String word) {
        Map<String, String> query = new HashMap<>();
        for (String field : text.isEmpty() ? new String[0] : text.split("&")) {
            String[] pair = field.split("=", 2);
            if (!KNOWN.contains(pair[0])) {
                throw Failure.invalid("unexpected query \"%s\" in %s", pair[0], word);
            }
            query.put(pair[0], pair.length < 2 ? "true" : URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
        }
        return query;
    }

    private static boolean isTrue(String text) {
        return text.equals("1") || text.equalsIgnoreCase("true");
    }

    /** The same, at a commit; the beginning of its name is enough. */
    public GitAddress at(Optional<String> newCommit) {
        newCommit.ifPresent(text -> {
            if (!START_OF_COMMIT.matcher(text).matches()) {
                throw Failure.invalid("invalid checksum %s: a commit, or the first 7 or more characters of one", text);
            }
        });
        return newCommit.isPresent() ? new GitAddress(remote, ref, folder, newCommit, keepGitDir) : this;
    }

    /** The same, with the repository itself if asked for. */
    public GitAddress keepingGitDir(boolean keep) {
        return new GitAddress(remote, ref, folder, commit, keepGitDir || keep);
    }

    /** Whether the repository is reached by ssh. */
    public boolean isSsh() {
        return remote.toLowerCase(Locale.ROOT).startsWith("ssh://") || isShort();
    }

    /** As in {@code git@host:path}. */
    private boolean isShort() {
        return remote.toLowerCase(Locale.ROOT).startsWith("git@");
    }

    /** The same place as a URL, to which others are relative. */
    String url() {
        return isShort() ? "ssh://" + remote.replaceFirst(":", "/") : remote;
    }

    /** The commit, when the address alone tells which it is. */
    public Optional<String> fixedCommit() {
        return Optional.of(ref)
                .filter(text -> COMMIT.matcher(text).matches())
                .or(() -> commit.filter(text -> COMMIT.matcher(text).matches()));
    }
}
