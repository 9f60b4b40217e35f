package dev.priok.logs.internal;

import dev.priok.core.Failure;
import java.util.Map;
import java.util.Set;

/**
 * How much a log may take of the disk. Unlike Docker's, a json-file log is rotated unless {@code max-size=-1} (or 0) says
 * otherwise: a container that is left alone must not fill the disk.
 *
 * @param maximumBytes a file of this size is rotated; negative for never
 * @param files how many files are kept, the current one included
 * @param compress whether rotated files are compressed
 */
record FileOptions(long maximumBytes, int files, boolean compress) {
    static final Set<String> NAMES = Set.of("max-size", "max-file", "compress");

    /** Of json-file: Priok's own choice: 3 files of 100 MB. */
    static final FileOptions JSON_FILE = new FileOptions(100_000_000, 3, false);

    /** Of local, as Docker's (moby {@code daemon/logger/local/local.go}). */
    static final FileOptions LOCAL = new FileOptions(20L << 20, 5, true);

    /** Of a cache: not compressed, since a place in a compressed file cannot be found again. */
    static final FileOptions CACHE = new FileOptions(20L << 20, 5, false);

    /** A typing error must not make a rotation rename thousands of files. */
    private static final int MOST_FILES = 1000;

    /**
     * Reads {@code max-size}, {@code max-file} and {@code compress}, each with {@code prefix} before its name.
     *
     * @throws Failure of kind INVALID that names the first one that is wrong
     */
    static FileOptions parse(Map<String, String> options, String prefix, FileOptions defaults) {
        String size = options.get(prefix + "max-size");
        String files = options.get(prefix + "max-file");
        String compress = options.get(prefix + "compress");
        long bytes = size == null ? defaults.maximumBytes : bytes(prefix, size);
        int count = files == null ? defaults.files : count(prefix, files);
        boolean possible = count > 1 && bytes > 0;
        boolean asked = compress != null && OptionText.bool(prefix + "compress", compress);
        if (asked && !possible) {
            throw Failure.invalid(
                    "%scompress cannot be true when %smax-file is less than 2 or %smax-size is not set",
                    prefix, prefix, prefix);
        }
        return new FileOptions(bytes, count, compress == null ? defaults.compress && possible : asked);
    }

    private static long bytes(String prefix, String text) {
        if (text.equals("-1")) {
            return -1;
        }
        long bytes = OptionText.size(text, 1000);
        if (bytes == 0 && !text.startsWith("0")) {
            throw Failure.invalid("%smax-size must be a positive number, or 0 for no bound", prefix);
        }
        return bytes == 0 ? -1 : bytes;
    }

    private static int count(String prefix, String text) {
        int files = OptionText.number(prefix + "max-file", text);
        if (files < 1) {
            throw Failure.invalid("%smax-file cannot be less than 1", prefix);
        }
        if (files > MOST_FILES) {
            throw Failure.invalid("%smax-file cannot be more than %d", prefix, MOST_FILES);
        }
        return files;
    }
}
