package dev.priok.daemon;

import dev.priok.core.Failure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The flags that {@code priokd} was started with.
 *
 * @param values what was given, in order, per option
 */
record CommandLine(Map<DaemonOption, List<String>> values) {
    CommandLine {
        values = Map.copyOf(values);
    }

    /**
     * Reads {@code --flag value}, {@code --flag=value}, {@code -f value} and bare boolean flags.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID}, worded as dockerd does
     */
    static CommandLine parse(String... arguments) {
        Map<DaemonOption, List<String>> values = new EnumMap<>(DaemonOption.class);
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            String name = argument;
            Optional<String> value = Optional.empty();
            int equals = argument.indexOf('=');
            if (equals > 0) {
                name = argument.substring(0, equals);
                value = Optional.of(argument.substring(equals + 1));
            }
            DaemonOption option = named(name, argument);
            boolean bare = option.kind() == DaemonOption.Kind.BOOLEAN || option.kind() == DaemonOption.Kind.SWITCH;
            if (value.isEmpty() && bare) {
                value = Optional.of("true");
            }
            if (value.isEmpty()) {
                if (++i == arguments.length) {
                    throw Failure.invalid("flag needs an argument: %s", argument);
                }
                value = Optional.of(arguments[i]);
            }
            values.computeIfAbsent(option, _ -> new ArrayList<>()).add(value.get());
        }
        return new CommandLine(values);
    }

    private static DaemonOption named(String name, String argument) {
        if (name.startsWith("--")) {
            return DaemonOption.byFlag(name.substring(2)).orElseThrow(() -> Failure.invalid("unknown flag: %s", name));
        }
        if (name.startsWith("-")) {
            return DaemonOption.byShorthand(name.substring(1))
                    .orElseThrow(() -> Failure.invalid("unknown shorthand flag: %s", name));
        }
        throw Failure.invalid("\"priokd\" accepts no arguments: %s", argument);
    }

    boolean asksFor(DaemonOption option) {
        return values.containsKey(option)
                && Boolean.parseBoolean(values.get(option).getLast());
    }

    Optional<String> text(DaemonOption option) {
        return Optional.ofNullable(values.get(option)).map(List::getLast);
    }
}
