package dev.priok.engine;

import dev.priok.core.Failure;

/**
 * What happens when a container's process ends.
 *
 * @param name {@code no}, {@code always}, {@code unless-stopped} or {@code on-failure}
 * @param maximumRetryCount for on-failure; 0 for no bound
 */
public record RestartPolicy(String name, int maximumRetryCount) {
    /** Stay stopped. */
    public static final RestartPolicy NO = new RestartPolicy("no", 0);

    public RestartPolicy {
        name = name == null || name.isEmpty() ? "no" : name;
    }

    /** Refuses unknown names and impossible counts, in Docker's words. */
    public void validate() {
        switch (name) {
            case "no", "always", "unless-stopped" -> {
                if (maximumRetryCount != 0) {
                    throw Failure.invalid(
                            "invalid restart policy: maximum retry count can only be used with 'on-failure'%s",
                            maximumRetryCount < 0 ? " and cannot be negative" : "");
                }
            }
            case "on-failure" -> {
                if (maximumRetryCount < 0) {
                    throw Failure.invalid("invalid restart policy: maximum retry count cannot be negative");
                }
            }
            default ->
                throw Failure.invalid(
                        "invalid restart policy: unknown policy '%s'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
                        name);
        }
    }

    /** Whether this is a policy at all. */
    public boolean isNone() {
        return name.equals("no");
    }
}
