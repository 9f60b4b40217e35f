package dev.priok.init;

import dev.priok.linux.Errno;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** A list of steps as it is built, each with what it is for. Not safe for use by several threads. */
public final class Steps {
    private final List<Item> items = new ArrayList<>();
    private String purpose;

    /** Starts an empty list; {@code purpose} is what its first steps are for. */
    public Steps(String purpose) {
        this.purpose = purpose;
    }

    /**
     * A step in the list.
     *
     * @param step what is done
     * @param purpose what for, such as {@code mounting proc on /proc}; begins a message when it fails
     */
    public record Item(Step step, String purpose) {}

    /** Says what the steps from here on are for. */
    public Steps purpose(String text) {
        purpose = text;
        return this;
    }

    public String purpose() {
        return purpose;
    }

    public Steps add(Step step) {
        items.add(new Item(step, purpose));
        return this;
    }

    /** Adds a call after which the list goes on even if it fails with one of {@code errors}. */
    public Steps tolerating(SystemCall call, Errno... errors) {
        return add(new Flow.Try(call, Arrays.asList(errors), false, new Steps(purpose), new Steps(purpose)));
    }

    /** Adds a call like {@link #tolerating} whose failure is reported. */
    public Steps noting(SystemCall call, Errno... errors) {
        return add(new Flow.Try(call, Arrays.asList(errors), true, new Steps(purpose), new Steps(purpose)));
    }

    /** Adds a call, and steps that are only done when it succeeds; {@code errors} lead around them. */
    public Steps ifPossible(SystemCall call, List<Errno> errors, Consumer<Steps> then) {
        return branch(call, errors, then, _ -> {});
    }

    /** Adds a call, and steps that are only done when it fails with one of {@code errors}. */
    public Steps orElse(SystemCall call, List<Errno> errors, Consumer<Steps> otherwise) {
        return branch(call, errors, _ -> {}, otherwise);
    }

    /** Adds a call with steps for either outcome. */
    public Steps branch(SystemCall call, List<Errno> errors, Consumer<Steps> then, Consumer<Steps> otherwise) {
        Steps yes = new Steps(purpose);
        then.accept(yes);
        Steps no = new Steps(purpose);
        otherwise.accept(no);
        return add(new Flow.Try(call, errors, false, yes, no));
    }

    public List<Item> items() {
        return Collections.unmodifiableList(items);
    }

    public boolean isEmpty() {
        return items.isEmpty();
    }
}
