package dev.priok.cli.archive;

/**
 * One entry of a tar archive.
 *
 * @param name path inside the archive, with slashes; folders end with one
 * @param kind what it is
 * @param mode permission bits, set-id and sticky bits included
 * @param uid owner
 * @param gid group
 * @param size bytes of content; zero unless a file
 * @param modifiedSeconds seconds since the epoch
 * @param linkTarget what a symbolic or hard link points to; else empty
 */
public record TarEntry(
        String name, Kind kind, int mode, long uid, long gid, long size, long modifiedSeconds, String linkTarget) {
    /** Kinds of entries by their type flags. */
    public enum Kind {
        FILE('0'),
        HARD_LINK('1'),
        SYMBOLIC_LINK('2'),
        CHARACTER_DEVICE('3'),
        BLOCK_DEVICE('4'),
        FOLDER('5'),
        PIPE('6'),
        /** Something that this side does not know; skipped. */
        OTHER('?');

        private final char flag;

        Kind(char flag) {
            this.flag = flag;
        }

        char flag() {
            return flag;
        }

        static Kind ofFlag(char flag) {
            for (Kind kind : values()) {
                if (kind.flag == flag) {
                    return kind;
                }
            }
            return flag == 0 || flag == '7' ? FILE : OTHER;
        }
    }

    /** The same under another name. */
    public TarEntry named(String other) {
        return new TarEntry(other, kind, mode, uid, gid, size, modifiedSeconds, linkTarget);
    }
}
