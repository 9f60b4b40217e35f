package dev.priok.engine;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The STATUS column of {@code docker ps}. */
final class StatusText {
    private StatusText() {}

    static String of(ContainerState state, Instant now) {
        return switch (state.status()) {
            case CREATED -> "Created";
            case RUNNING -> "Up " + since(state.startedAt(), now) + health(state.health());
            case PAUSED -> "Up " + since(state.startedAt(), now) + " (Paused)";
            case RESTARTING -> "Restarting (%d) %s ago".formatted(state.exitCode(), since(state.finishedAt(), now));
            case REMOVING -> "Removal In Progress";
            case DEAD -> "Dead";
            case EXITED -> "Exited (%d) %s ago".formatted(state.exitCode(), since(state.finishedAt(), now));
        };
    }

    private static String health(ContainerState.@Nullable Health health) {
        if (health == null) {
            return "";
        }
        return health.status().equals("starting") ? " (health: starting)" : " (" + health.status() + ")";
    }

    private static String since(@Nullable Instant then, Instant now) {
        return then == null ? "Less than a second" : words(Duration.between(then, now));
    }

    /** A duration as people say it, rounded as Docker's command line does. */
    static String words(Duration duration) {
        long seconds = duration.toSeconds();
        long minutes = duration.toMinutes();
        long hours = Math.round(duration.toSeconds() / 3600.0);
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds == 1) {
            return "1 second";
        }
        if (seconds < 60) {
            return seconds + " seconds";
        }
        if (minutes == 1) {
            return "About a minute";
        }
        if (minutes < 60) {
            return minutes + " minutes";
        }
        if (hours == 1) {
            return "About an hour";
        }
        if (hours < 48) {
            return hours + " hours";
        }
        if (hours < 24 * 7 * 2) {
            return hours / 24 + " days";
        }
        if (hours < 24 * 30 * 2) {
            return hours / 24 / 7 + " weeks";
        }
        if (hours < 24 * 365 * 2) {
            return hours / 24 / 30 + " months";
        }
        return hours / 24 / 365 + " years";
    }
}
