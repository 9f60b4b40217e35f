package dev.priok.core;

import java.io.Serial;
import java.util.Locale;

/**
 * The one unchecked exception for what the caller asked and cannot have. Messages are what a person reads: lower case,
 * no period, naming the object. Doors map the {@link Kind} to an HTTP status or a gRPC code, in one place each.
 */
public final class Failure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** What class of failure it is; closed, so that every door maps all of them. */
    public enum Kind {
        /** The named object does not exist. */
        NOT_FOUND,
        /** The request is malformed or asks for the impossible. */
        INVALID,
        /** The object's state or another object stands in the way. */
        CONFLICT,
        /** The object already is as asked. */
        NOT_MODIFIED,
        /** Credentials are missing or wrong. */
        UNAUTHORIZED,
        /** Known who asks, and not allowed. */
        FORBIDDEN,
        /** Something that is needed is away for now. */
        UNAVAILABLE,
        /** This build of Priok does not do that. */
        NOT_IMPLEMENTED,
        /** It should have worked: the system refused or broke. */
        INTERNAL
    }

    private final Kind kind;

    public Failure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Failure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** {@link #getMessage}, which a failure always has. */
    public String message() {
        return String.valueOf(getMessage());
    }

    public static Failure notFound(String format, Object... args) {
        return new Failure(Kind.NOT_FOUND, text(format, args));
    }

    public static Failure invalid(String format, Object... args) {
        return new Failure(Kind.INVALID, text(format, args));
    }

    public static Failure conflict(String format, Object... args) {
        return new Failure(Kind.CONFLICT, text(format, args));
    }

    public static Failure notModified(String format, Object... args) {
        return new Failure(Kind.NOT_MODIFIED, text(format, args));
    }

    public static Failure notImplemented(String format, Object... args) {
        return new Failure(Kind.NOT_IMPLEMENTED, text(format, args));
    }

    public static Failure internal(Throwable cause, String format, Object... args) {
        return new Failure(Kind.INTERNAL, text(format, args), cause);
    }

    private static String text(String format, Object... args) {
        return args.length == 0 ? format : String.format(Locale.ROOT, format, args);
    }
}
