package dev.priok.engine.spec;

/** What an exception says of itself. */
public final class Cause {
    private Cause() {}

    /** Its message; the name of its class when it has none. */
    public static String text(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
