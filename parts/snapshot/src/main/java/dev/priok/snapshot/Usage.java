package dev.priok.snapshot;

/**
 * What something takes on disk.
 *
 * @param bytes of file contents
 * @param inodes files, folders and other things
 */
public record Usage(long bytes, long inodes) {
    public static final Usage NONE = new Usage(0, 0);

    public Usage plus(Usage other) {
        return new Usage(bytes + other.bytes, inodes + other.inodes);
    }
}
