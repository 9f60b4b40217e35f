package dev.priok.image.internal;

import dev.priok.core.Failure;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Healthcheck;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HEALTHCHECK as a change to an image: {@code [--interval=5s ...] CMD command}, or {@code NONE}. */
final class HealthcheckInstruction {
    private static final Set<String> FLAGS = Set.of("interval", "timeout", "start-period", "start-interval", "retries");
    private static final Pattern FLAG = Pattern.compile("--([a-z-]+)=(\\S+)\\s+");
    private static final Pattern DURATION = Pattern.compile("(?:\\d+(?:\\.\\d+)?(?:ns|us|ms|s|m|h))+");
    private static final Pattern DURATION_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|ms|s|m|h)");

    private HealthcheckInstruction() {}

    static Healthcheck parse(String text) {
        Map<String, String> flags = new HashMap<>();
        String rest = text;
        for (Matcher flag = FLAG.matcher(rest); flag.lookingAt(); flag = FLAG.matcher(rest)) {
            if (!FLAGS.contains(flag.group(1))) {
                throw Failure.invalid("unknown flag: %s", flag.group(1));
            }
            flags.put(flag.group(1), flag.group(2));
            rest = rest.substring(flag.end());
        }
        return new Healthcheck(
                test(rest),
                nanos(flags, "interval"),
                nanos(flags, "timeout"),
                nanos(flags, "start-period"),
                nanos(flags, "start-interval"),
                retries(flags.getOrDefault("retries", "0")));
    }

    private static List<String> test(String rest) {
        if (rest.equalsIgnoreCase("NONE")) {
            return List.of("NONE");
        }
        String[] parts = rest.split("\\s+", 2);
        if (!parts[0].toUpperCase(Locale.ROOT).equals("CMD")) {
            throw Failure.invalid("unknown type \"%s\" in HEALTHCHECK (try CMD)", parts[0]);
        }
        String command = parts.length == 1 ? "" : parts[1].strip();
        if (!command.startsWith("[")) {
            return List.of("CMD-SHELL", command);
        }
        List<String> test = new ArrayList<>(List.of("CMD"));
        test.addAll(List.of(OciJson.read(command.getBytes(StandardCharsets.UTF_8), String[].class, "list " + command)));
        return test;
    }

    private static long nanos(Map<String, String> flags, String name) {
        String text = flags.getOrDefault(name, "0s");
        if (!DURATION.matcher(text).matches()) {
            throw Failure.invalid("time: invalid duration \"%s\" for --%s", text, name);
        }
        double nanos = 0;
        for (Matcher part = DURATION_PART.matcher(text); part.find(); ) {
            double unit = switch (part.group(2)) {
                case "ns" -> 1;
                case "us" -> 1e3;
                case "ms" -> 1e6;
                case "m" -> 60e9;
                case "h" -> 3600e9;
                default -> 1e9;
            };
            nanos += Double.parseDouble(part.group(1)) * unit;
        }
        return (long) nanos;
    }

    private static int retries(String text) {
        if (!text.matches("\\d{1,9}")) {
            throw Failure.invalid("--retries must be a number, not \"%s\"", text);
        }
        return Integer.parseInt(text);
    }
}
