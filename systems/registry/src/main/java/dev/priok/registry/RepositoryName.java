package dev.priok.registry;

import java.util.regex.Pattern;

/**
 * The name of a repository, such as {@code team/app}.
 *
 * @param text at most {@link #MAXIMUM_LENGTH} characters of the specification's grammar
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests">distribution spec, name</a>
 */
public record RepositoryName(String text) {
    /** With the host in front clients allow 255; the registry does not know by which host it is called. */
    public static final int MAXIMUM_LENGTH = 255;

    private static final Pattern FORM =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");

    public RepositoryName {
        if (text.length() > MAXIMUM_LENGTH || !FORM.matcher(text).matches()) {
            throw new RegistryError(RegistryError.Code.NAME_INVALID, "invalid repository name: %s", text);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
