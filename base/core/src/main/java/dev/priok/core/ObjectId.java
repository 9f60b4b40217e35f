package dev.priok.core;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The id of a container, exec session or network: 64 lower-case hexadecimal characters.
 *
 * @param hex the whole id
 */
public record ObjectId(String hex) implements Comparable<ObjectId> {
    private static final Pattern HEX = Pattern.compile("[a-f0-9]{64}");

    public ObjectId {
        if (!HEX.matcher(hex).matches()) {
            throw Failure.invalid("invalid id: %s", hex);
        }
    }

    /** A new id; an id that reads as a decimal number in its short form is avoided, since it would pass for a number in YAML. */
    public static ObjectId random(RandomGenerator random) {
        byte[] bytes = new byte[32];
        while (true) {
            random.nextBytes(bytes);
            ObjectId id = new ObjectId(HexFormat.of().formatHex(bytes));
            if (!id.shortForm().chars().allMatch(Character::isDigit)) {
                return id;
            }
        }
    }

    /** The first twelve characters, as commands show ids. */
    public String shortForm() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(ObjectId other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
