package dev.priok.registry;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.util.regex.Pattern;

/** What names a manifest inside a repository. */
public sealed interface Reference {
    /** A name that may come to mean another manifest. */
    record Tag(String name) implements Reference {
        private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

        public Tag {
            if (!FORM.matcher(name).matches()) {
                throw new RegistryError(RegistryError.Code.MANIFEST_INVALID, "invalid tag: %s", name);
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The manifest with these bytes. */
    record ByDigest(Digest digest) implements Reference {
        @Override
        public String toString() {
            return digest.toString();
        }
    }

    /**
     * Reads a tag or a digest.
     *
     * @throws RegistryError when it is neither
     */
    static Reference parse(String text) {
        return text.indexOf(':') < 0 ? new Tag(text) : new ByDigest(digest(text));
    }

    /**
     * Reads a digest.
     *
     * @throws RegistryError of code {@link RegistryError.Code#DIGEST_INVALID}
     */
    static Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (Failure e) {
            throw new RegistryError(RegistryError.Code.DIGEST_INVALID, e, e.message());
        }
    }
}
