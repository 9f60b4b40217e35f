package dev.priok.core;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The content address of a blob, such as {@code sha256:e3b0...}.
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex lower-case hexadecimal of the hash, 64 or 128 characters
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests">OCI image spec, digests</a>
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {
    private static final Pattern HEX = Pattern.compile("[a-f0-9]+");

    public Digest {
        int length = switch (algorithm) {
            case "sha256" -> 64;
            case "sha512" -> 128;
            default -> throw Failure.invalid("unsupported digest algorithm: %s", algorithm);
        };
        if (hex.length() != length || !HEX.matcher(hex).matches()) {
            throw Failure.invalid("invalid checksum digest length or format: %s:%s", algorithm, hex);
        }
    }

    /**
     * Reads {@code algorithm:hex}.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} when the text is not a digest
     */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw Failure.invalid("invalid digest: %s", text);
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /** The SHA-256 digest of these bytes. */
    public static Digest sha256(byte[] bytes) {
        return of(newSha256().digest(bytes));
    }

    /** The digest whose SHA-256 hash is {@code hash}, 32 bytes. */
    public static Digest of(byte[] hash) {
        return new Digest("sha256", HexFormat.of().formatHex(hash));
    }

    /** A fresh SHA-256 hasher; every Java platform has one. */
    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }

    /** The first twelve hexadecimal characters, as commands show ids. */
    public String shortHex() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(Digest other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }
}
