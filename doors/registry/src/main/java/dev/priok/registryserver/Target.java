package dev.priok.registryserver;

import java.util.List;
import java.util.Optional;

/**
 * What a path below /v2/ means.
 *
 * @param name of the repository
 * @param kind manifests, blobs, uploads, tags or referrers
 * @param rest tag, digest or id of the upload
 */
record Target(String name, String kind, String rest) {
    private static final String UPLOADS = "/blobs/uploads";
    private static final String TAGS = "/tags/list";

    static Optional<Target> of(String path) {
        String inner = path.startsWith("/v2/") ? path.substring("/v2/".length()) : "";
        int uploads = inner.lastIndexOf(UPLOADS);
        int end = uploads + UPLOADS.length();
        if (uploads > 0 && (inner.length() == end || inner.charAt(end) == '/')) {
            return Optional.of(new Target(
                    inner.substring(0, uploads), "uploads", inner.substring(Math.min(inner.length(), end + 1))));
        }
        if (inner.endsWith(TAGS)) {
            return Optional.of(new Target(inner.substring(0, inner.length() - TAGS.length()), "tags", ""));
        }
        for (String kind : List.of("manifests", "blobs", "referrers")) {
            int at = inner.lastIndexOf("/" + kind + "/");
            String rest = at > 0 ? inner.substring(at + kind.length() + 2) : "";
            if (!rest.isEmpty() && rest.indexOf('/') < 0) {
                return Optional.of(new Target(inner.substring(0, at), kind, rest));
            }
        }
        return Optional.empty();
    }
}
