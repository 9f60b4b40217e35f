package dev.priok.build.dockerfile;

import dev.priok.build.dockerfile.Instruction.Source;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Reads HEALTHCHECK. */
final class HealthcheckParser {
    /** Docker's floor: a shorter time is a forgotten unit. */
    private static final Duration MINIMUM = Duration.ofMillis(1);

    private HealthcheckParser() {}

    static Instruction parse(Source source, Flags flags) {
        String[] parts = flags.rest().split("\\s+", 2);
        String type = parts[0].toUpperCase(Locale.ROOT);
        String rest = parts.length > 1 ? parts[1] : "";
        Optional<CommandLine> command = switch (type) {
            case "NONE" -> {
                if (!rest.isEmpty()) {
                    throw source.lines().failure("HEALTHCHECK NONE takes no arguments");
                }
                yield Optional.empty();
            }
            case "CMD" -> {
                CommandLine line = InstructionParser.healthCommand(source, rest);
                if (line instanceof CommandLine.Exec(var args) && args.isEmpty()) {
                    throw source.lines().failure("Missing command after HEALTHCHECK CMD");
                }
                yield Optional.of(line);
            }
            default -> throw source.lines().failure("Unknown type \"" + parts[0] + "\" in HEALTHCHECK (try CMD)");
        };
        return new Instruction.Healthcheck(
                source,
                command,
                duration(source, flags, "interval"),
                duration(source, flags, "timeout"),
                duration(source, flags, "start-period"),
                duration(source, flags, "start-interval"),
                retries(source, flags));
    }

    private static Optional<Duration> duration(Source source, Flags flags, String name) {
        return flags.value(name).map(text -> {
            Duration duration = GoDuration.parse(text)
                    .orElseThrow(() -> source.lines().failure("time: invalid duration \"" + text + "\" for --" + name));
            // Zero means: as inherited.
            if (!duration.isZero() && duration.compareTo(MINIMUM) < 0) {
                throw source.lines().failure("Interval \"" + name + "\" cannot be less than 1ms");
            }
            return duration;
        });
    }

    private static int retries(Source source, Flags flags) {
        String text = flags.value("retries").orElse("0");
        try {
            int retries = Integer.parseInt(text);
            if (retries >= 0) {
                return retries;
            }
        } catch (NumberFormatException e) {
            throw source.lines().failure("--retries must be a number, not \"" + text + "\"");
        }
        throw source.lines().failure("--retries cannot be negative");
    }
}
