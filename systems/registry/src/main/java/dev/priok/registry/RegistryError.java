package dev.priok.registry;

import java.io.Serial;
import java.time.Duration;
import java.util.Locale;

/**
 * What a registry refuses, with the code that the specification has for it. The message is for people: lower case, naming the
 * object.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes">distribution spec, error codes</a>
 */
public final class RegistryError extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** The codes of the specification; closed, so that a door maps all of them. */
    public enum Code {
        BLOB_UNKNOWN,
        BLOB_UPLOAD_INVALID,
        BLOB_UPLOAD_UNKNOWN,
        DIGEST_INVALID,
        MANIFEST_BLOB_UNKNOWN,
        MANIFEST_INVALID,
        MANIFEST_UNKNOWN,
        NAME_INVALID,
        NAME_UNKNOWN,
        SIZE_INVALID,
        UNAUTHORIZED,
        DENIED,
        UNSUPPORTED,
        TOOMANYREQUESTS,
        /** A body that is larger than the registry takes; told as {@link #SIZE_INVALID} with its own status. */
        TOO_LARGE,
        /** A chunk that does not begin where the upload ends; told as {@link #BLOB_UPLOAD_INVALID} with its own status. */
        RANGE_INVALID,
        /** The upstream of a cache is away and nothing is cached; told as UNAVAILABLE. */
        UNAVAILABLE
    }

    private static final Duration SOON = Duration.ofSeconds(1);

    private final Code code;
    private final Duration wait;

    private RegistryError(Code code, Duration wait, String message) {
        super(message);
        this.code = code;
        this.wait = wait;
    }

    /** A refusal that ends after a time, which the client is told. */
    public static RegistryError tooMany(Duration wait, String message) {
        long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
        return new RegistryError(
                Code.TOOMANYREQUESTS, Duration.ofSeconds(seconds), "%s: wait %d s".formatted(message, seconds));
    }

    /** How long to wait before trying again, in whole seconds. */
    public Duration retryAfter() {
        return wait;
    }

    public RegistryError(Code code, String format, Object... arguments) {
        super(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
        this.code = code;
        this.wait = SOON;
    }

    public RegistryError(Code code, Throwable cause, String message) {
        super(message, cause);
        this.code = code;
        this.wait = SOON;
    }

    public Code code() {
        return code;
    }

    /** {@link #getMessage}, which this always has. */
    public String message() {
        return String.valueOf(getMessage());
    }
}
