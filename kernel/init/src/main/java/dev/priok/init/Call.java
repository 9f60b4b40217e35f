package dev.priok.init;

import dev.priok.linux.Syscall;
import java.util.List;
import java.util.Optional;

/**
 * A system call, ready to be encoded or printed.
 *
 * @param syscall which
 * @param arguments at most six
 * @param result where to keep what it returns
 */
public record Call(Syscall syscall, List<Argument> arguments, Optional<Slot.Result> result) {
    private static final int MAXIMUM_ARGUMENTS = 6;

    public Call {
        arguments = List.copyOf(arguments);
        if (arguments.size() > MAXIMUM_ARGUMENTS) {
            throw new IllegalArgumentException("a system call takes at most six arguments");
        }
    }

    /** A call whose result nobody needs. */
    static Call of(Syscall syscall, Object... arguments) {
        // Lists of hundreds of calls are made for every start of a container: loops, not streams, here and in the
        // encoder.
        Argument[] converted = new Argument[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            converted[i] = argument(arguments[i]);
        }
        return new Call(syscall, List.of(converted), Optional.empty());
    }

    /** This call with its result kept. */
    Call keptIn(Slot slot) {
        return switch (slot) {
            case Slot.Result result -> new Call(syscall, arguments, Optional.of(result));
            case Slot.Fixed fixed -> throw new IllegalArgumentException("not a place for a result: " + fixed.name());
        };
    }

    private static Argument argument(Object value) {
        return switch (value) {
            case Argument argument -> argument;
            case String text -> new Argument.Text(text);
            case Slot slot -> new Argument.Value(slot);
            case Integer number -> new Argument.Word(number);
            case Long number -> new Argument.Word(number);
            default -> throw new IllegalArgumentException("not an argument: " + value.getClass());
        };
    }
}
