package dev.priok.logs.internal;

import dev.priok.core.Failure;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Options of json-file. Unlike Docker's, a log is rotated unless {@code max-size=-1} says otherwise: a container that is left
 * alone must not fill the disk.
 *
 * @param maximumBytes a file of this size is rotated; negative for never
 * @param files how many files are kept, the current one included
 * @param compress whether rotated files are compressed
 * @param labels names of labels that become attributes, comma-separated
 * @param labelsRegex labels whose name matches become attributes
 * @param env names of variables that become attributes, comma-separated
 * @param envRegex variables whose name matches become attributes
 * @param tag template of the attribute {@code tag}; empty for none
 */
public record JsonFileOptions(
        long maximumBytes,
        int files,
        boolean compress,
        String labels,
        Optional<Pattern> labelsRegex,
        String env,
        Optional<Pattern> envRegex,
        String tag) {
    /** Priok's own choice, see docs/guides: 3 files of 100 MB. */
    private static final long DEFAULT_MAXIMUM_BYTES = 100_000_000;

    private static final int DEFAULT_FILES = 3;

    /** A typing error must not make a rotation rename thousands of files. */
    private static final int MOST_FILES = 1000;

    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kKmMgGtTpP])?[iI]?[bB]?");

    /**
     * Reads and checks the options.
     *
     * @throws Failure of kind INVALID that names the first one that is wrong
     */
    public static JsonFileOptions parse(Map<String, String> options) {
        long size = DEFAULT_MAXIMUM_BYTES;
        int files = DEFAULT_FILES;
        boolean compress = false;
        String labels = "";
        Optional<Pattern> labelsRegex = Optional.empty();
        String env = "";
        Optional<Pattern> envRegex = Optional.empty();
        String tag = "";
        for (Map.Entry<String, String> option : options.entrySet()) {
            String value = option.getValue();
            switch (option.getKey()) {
                case "max-size" -> size = size(value);
                case "max-file" -> files = files(value);
                case "compress" -> compress = bool("compress", value);
                case "labels" -> labels = value;
                case "labels-regex" -> labelsRegex = Optional.of(regex("labels-regex", value));
                case "env" -> env = value;
                case "env-regex" -> envRegex = Optional.of(regex("env-regex", value));
                case "tag" -> tag = value;
                case "mode" -> mode(value);
                case "max-buffer-size" -> size(value);
                default -> throw Failure.invalid("unknown log opt '%s' for json-file log driver", option.getKey());
            }
        }
        if (compress && (files == 1 || size < 0)) {
            throw Failure.invalid("compress cannot be true when max-file is less than 2 or max-size is not set");
        }
        Attributes.checkTag(tag);
        return new JsonFileOptions(size, files, compress, labels, labelsRegex, env, envRegex, tag);
    }

    /** Units are powers of 1000 here, as in Docker; -1 means without bound. */
    private static long size(String text) {
        if (text.equals("-1")) {
            return -1;
        }
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw Failure.invalid("invalid size: '%s'", text);
        }
        String unit = matcher.group(2);
        int power = unit == null ? 0 : "kmgtp".indexOf(unit.toLowerCase(Locale.ROOT)) + 1;
        long bytes = (long) (Double.parseDouble(matcher.group(1)) * Math.pow(1000, power));
        if (bytes <= 0) {
            throw Failure.invalid("max-size must be a positive number");
        }
        return bytes;
    }

    private static int files(String text) {
        int files;
        try {
            files = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Kind.INVALID, "max-file is not a number: '" + text + "'", e);
        }
        if (files < 1) {
            throw Failure.invalid("max-file cannot be less than 1");
        }
        if (files > MOST_FILES) {
            throw Failure.invalid("max-file cannot be more than %d", MOST_FILES);
        }
        return files;
    }

    private static boolean bool(String name, String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw Failure.invalid("invalid value for %s: '%s'", name, text);
        };
    }

    /** Output passes through a journal, so a file driver never blocks for long and never drops: both modes are the same. */
    private static void mode(String text) {
        if (!text.equals("blocking") && !text.equals("non-blocking")) {
            throw Failure.invalid("logger: logging mode not supported: %s", text);
        }
    }

    private static Pattern regex(String name, String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid " + name + ": " + e.getDescription(), e);
        }
    }
}
