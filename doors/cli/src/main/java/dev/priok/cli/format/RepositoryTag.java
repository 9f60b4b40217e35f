package dev.priok.cli.format;

/**
 * An image's name cut into repository and tag, as people wrote it.
 *
 * @param repository everything before the tag or digest
 * @param tag the tag, without colon; empty when there is none
 * @param digest the digest, without at sign; empty when there is none
 */
public record RepositoryTag(String repository, String tag, String digest) {
    /** Cuts at the last colon that is not a port's, and at the at sign. */
    public static RepositoryTag parse(String name) {
        int at = name.indexOf('@');
        String digest = at < 0 ? "" : name.substring(at + 1);
        String rest = at < 0 ? name : name.substring(0, at);
        int colon = rest.lastIndexOf(':');
        return colon > rest.lastIndexOf('/')
                ? new RepositoryTag(rest.substring(0, colon), rest.substring(colon + 1), digest)
                : new RepositoryTag(rest, "", digest);
    }

    /** What the API calls the tag of a pull: the digest, else the tag, else latest. */
    public String pullTag() {
        return digest.isEmpty() ? tag.isEmpty() ? "latest" : tag : digest;
    }
}
