package dev.priok.cli.container;

import dev.priok.cli.command.CommandFailed;

/**
 * Where a copy goes, by the rules of {@code docker cp}: into a folder that is there, else under the destination's own name;
 * a source that ends with {@code /.} means the folder's content.
 *
 * @param folder folder to unpack into
 * @param name new name of the archive's top; empty to keep it, a dot to leave it out
 * @see <a href="https://docs.docker.com/reference/cli/docker/container/cp/">docker cp</a>
 */
record CopyTarget(String folder, String name) {
    private static final String CONTENT = ".";

    static CopyTarget of(
            String source, boolean isSourceFolder, String target, boolean doesTargetExist, boolean isTargetFolder) {
        boolean isContent = isSourceFolder && (source.endsWith("/.") || source.equals(CONTENT));
        if (isTargetFolder) {
            return new CopyTarget(target, isContent ? CONTENT : "");
        }
        boolean endsWithSlash = target.endsWith("/") || target.endsWith("/.");
        if (doesTargetExist && isSourceFolder) {
            throw new CommandFailed("cannot copy directory");
        }
        if (doesTargetExist && endsWithSlash) {
            throw new CommandFailed("not a directory");
        }
        if (!isSourceFolder && endsWithSlash) {
            throw new CommandFailed("no such directory");
        }
        String plain = target;
        while (plain.length() > 1 && (plain.endsWith("/") || plain.endsWith("/."))) {
            plain = plain.substring(0, plain.length() - (plain.endsWith("/.") ? 2 : 1));
        }
        int slash = plain.lastIndexOf('/');
        String parent = slash < 0 ? "." : slash == 0 ? "/" : plain.substring(0, slash);
        return new CopyTarget(parent, plain.substring(slash + 1));
    }

    /** Name of an entry after the copy: its first segment replaced, kept, or dropped. */
    String rename(String entry) {
        String plain = entry.startsWith("./") ? entry.substring(2) : entry;
        boolean isRelative = entry.startsWith("./") || entry.equals(CONTENT);
        if (name.isEmpty()) {
            return plain;
        }
        int slash = isRelative ? -1 : plain.indexOf('/');
        String rest = isRelative ? plain : slash < 0 ? "" : plain.substring(slash + 1);
        if (rest.equals(CONTENT)) {
            rest = "";
        }
        return rest.isEmpty() ? name : name + "/" + rest;
    }
}
