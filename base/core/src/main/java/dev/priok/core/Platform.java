package dev.priok.core;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an image runs on, in the words of the OCI image index.
 *
 * @param os operating system as Go names it, such as {@code linux}
 * @param architecture as Go names it, such as {@code amd64} or {@code arm64}
 * @param variant of the architecture, such as {@code v8}; empty when there is none
 */
public record Platform(String os, String architecture, String variant) {
    /** The platform of this machine. */
    public static Platform current() {
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (arch) {
            case "amd64", "x86_64" -> new Platform("linux", "amd64", "");
            case "aarch64", "arm64" -> new Platform("linux", "arm64", "");
            default -> new Platform("linux", arch, "");
        };
    }

    /** Reads {@code os/arch[/variant]}, or {@code os} or {@code arch} alone with the rest taken from this machine. */
    public static Platform parse(String text) {
        String[] parts = text.toLowerCase(Locale.ROOT).split("/", -1);
        for (String part : parts) {
            if (part.isEmpty()) {
                throw Failure.invalid("invalid platform: %s", text);
            }
        }
        return switch (parts.length) {
            case 1 -> parts[0].equals("linux") ? current() : new Platform("linux", architecture(parts[0]), "");
            case 2 -> new Platform(parts[0], architecture(parts[1]), "");
            case 3 -> new Platform(parts[0], architecture(parts[1]), parts[2]);
            default -> throw Failure.invalid("invalid platform: %s", text);
        };
    }

    private static String architecture(String text) {
        return switch (text) {
            case "x86_64", "x86-64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> text;
        };
    }

    /** Whether an image for {@code other} runs here; v8 is what a bare arm64 means. */
    public boolean matches(@Nullable Platform other) {
        return other != null
                && os.equals(other.os)
                && architecture.equals(other.architecture)
                && variantOf(this).equals(variantOf(other));
    }

    private static String variantOf(Platform platform) {
        return platform.architecture.equals("arm64") && platform.variant.isEmpty() ? "v8" : platform.variant;
    }

    @Override
    public String toString() {
        return variant.isEmpty() ? os + "/" + architecture : os + "/" + architecture + "/" + variant;
    }
}
