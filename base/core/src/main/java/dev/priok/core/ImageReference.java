package dev.priok.core;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of an image: {@code domain/path[:tag][@digest]}, normalised as Docker does ({@code alpine} is
 * {@code docker.io/library/alpine:latest}).
 *
 * @param domain registry host with optional port
 * @param path repository inside the registry
 * @param tag tag, when the reference has one
 * @param digest digest, when the reference has one
 * @see <a href="https://pkg.go.dev/github.com/distribution/reference">the grammar of references</a>
 */
public record ImageReference(String domain, String path, Optional<String> tag, Optional<Digest> digest) {
    /** The registry that names without a host mean. */
    public static final String DEFAULT_DOMAIN = "docker.io";

    /** The longest repository name, domain included, that the grammar allows. */
    public static final int MAXIMUM_NAME_LENGTH = 255;

    private static final Pattern DOMAIN = Pattern.compile(
            "(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*"
                    + "|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?");
    private static final Pattern PATH =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}", Pattern.UNICODE_CASE);
    private static final Pattern FULL_ID = Pattern.compile("[a-f0-9]{64}");

    /**
     * Reads a reference as users write it.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} with Docker's wording
     */
    public static ImageReference parse(String text) {
        if (FULL_ID.matcher(text).matches()) {
            throw Failure.invalid("invalid repository name (%s), cannot specify 64-byte hexadecimal strings", text);
        }
        String rest = text;
        Optional<Digest> digest = Optional.empty();
        int at = rest.indexOf('@');
        if (at >= 0) {
            String digestText = rest.substring(at + 1);
            try {
                digest = Optional.of(Digest.parse(digestText));
            } catch (Failure e) {
                throw invalidFormat(text);
            }
            rest = rest.substring(0, at);
        }
        Optional<String> tag = Optional.empty();
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = Optional.of(rest.substring(colon + 1));
            rest = rest.substring(0, colon);
        }
        String domain = DEFAULT_DOMAIN;
        String path = rest;
        int slash = rest.indexOf('/');
        if (slash >= 0) {
            String first = rest.substring(0, slash);
            boolean isDomain = first.contains(".")
                    || first.contains(":")
                    || first.equals("localhost")
                    || !first.toLowerCase(java.util.Locale.ROOT).equals(first);
            if (isDomain) {
                domain = first.equals("index.docker.io") ? DEFAULT_DOMAIN : first;
                path = rest.substring(slash + 1);
            }
        }
        if (domain.equals(DEFAULT_DOMAIN) && !path.contains("/")) {
            path = "library/" + path;
        }
        if (!path.toLowerCase(java.util.Locale.ROOT).equals(path)) {
            throw Failure.invalid("invalid reference format: repository name (%s) must be lowercase", path);
        }
        if (!DOMAIN.matcher(domain).matches()
                || !PATH.matcher(path).matches()
                || (tag.isPresent() && !TAG.matcher(tag.get()).matches())) {
            throw invalidFormat(text);
        }
        if (domain.length() + 1 + path.length() > MAXIMUM_NAME_LENGTH) {
            throw Failure.invalid("repository name must not be more than %d characters", MAXIMUM_NAME_LENGTH);
        }
        return new ImageReference(domain, path, tag, digest);
    }

    private static Failure invalidFormat(String text) {
        return Failure.invalid("invalid reference format: %s", text.isEmpty() ? "empty name" : text);
    }

    /** This reference, with {@code latest} as its tag if it has neither tag nor digest. */
    public ImageReference withDefaultTag() {
        return tag.isPresent() || digest.isPresent()
                ? this
                : new ImageReference(domain, path, Optional.of("latest"), digest);
    }

    /** This reference with another tag and no digest. */
    public ImageReference withTag(String newTag) {
        if (!TAG.matcher(newTag).matches()) {
            throw Failure.invalid("invalid tag format: %s", newTag);
        }
        return new ImageReference(domain, path, Optional.of(newTag), Optional.empty());
    }

    /** {@code domain/path}, whole. */
    public String name() {
        return domain + "/" + path;
    }

    /** {@code path} as people say it: without the default registry and its {@code library/}. */
    public String familiarName() {
        if (!domain.equals(DEFAULT_DOMAIN)) {
            return name();
        }
        return path.startsWith("library/") && path.indexOf('/', 8) < 0 ? path.substring(8) : path;
    }

    /** The familiar name with tag and digest, as {@code docker images} shows it. */
    public String familiar() {
        return familiarName() + suffix();
    }

    private String suffix() {
        return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
    }

    @Override
    public String toString() {
        return name() + suffix();
    }
}
