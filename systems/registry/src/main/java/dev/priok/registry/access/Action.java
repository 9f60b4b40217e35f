package dev.priok.registry.access;

import java.util.Locale;

/** What one can do with a repository; the names are those of Docker's token scopes. */
public enum Action {
    PULL,
    PUSH,
    DELETE;

    /** As scopes and policies write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
