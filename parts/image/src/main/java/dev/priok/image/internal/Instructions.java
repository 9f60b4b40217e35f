package dev.priok.image.internal;

import dev.priok.core.Failure;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ContainerDefaults;
import dev.priok.oci.image.ContainerDefaults.Empty;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One Dockerfile instruction applied to a configuration. */
public final class Instructions {
    private Instructions() {}

    /** The configuration after {@code change}, such as {@code CMD ["sh"]}. */
    public static ContainerDefaults apply(ContainerDefaults config, String change) {
        String text = change.strip();
        int space = 0;
        while (space < text.length() && !Character.isWhitespace(text.charAt(space))) {
            space++;
        }
        String name = text.substring(0, space).toUpperCase(Locale.ROOT);
        String rest = text.substring(space).strip();
        if (rest.isEmpty() && !name.equals("CMD") && !name.equals("ENTRYPOINT")) {
            throw Failure.invalid("%s requires at least one argument", name.isEmpty() ? "an instruction" : name);
        }
        return switch (name) {
            case "CMD" -> config.withCmd(command(rest));
            case "ENTRYPOINT" -> config.withEntrypoint(command(rest));
            case "ENV" -> config.withEnv(environment(config.env(), pairs(rest, name)));
            case "EXPOSE" -> config.withExposedPorts(plus(config.exposedPorts(), ports(rest)));
            case "HEALTHCHECK" -> config.withHealthcheck(HealthcheckInstruction.parse(rest));
            case "LABEL" -> config.withLabels(merged(config.labels(), pairs(rest, name)));
            case "ONBUILD" -> config.withOnBuild(longer(config.onBuild(), rest));
            case "STOPSIGNAL" -> config.withStopSignal(rest);
            case "USER" -> config.withUser(rest);
            case "VOLUME" -> config.withVolumes(plus(config.volumes(), list(rest)));
            case "WORKDIR" -> config.withWorkingDir(directory(config.workingDir(), rest));
            default -> throw Failure.invalid("%s is not a valid change command", text.substring(0, space));
        };
    }

    /** JSON form as it is, shell form through the shell. */
    private static List<String> command(String rest) {
        if (rest.startsWith("[")) {
            return json(rest);
        }
        return rest.isEmpty() ? List.of() : List.of("/bin/sh", "-c", rest);
    }

    private static List<String> list(String rest) {
        return rest.startsWith("[") ? json(rest) : List.of(rest.split("\\s+"));
    }

    private static List<String> json(String rest) {
        return List.of(OciJson.read(rest.getBytes(StandardCharsets.UTF_8), String[].class, "list " + rest));
    }

    private static List<String> ports(String rest) {
        List<String> ports = new ArrayList<>();
        for (String port : rest.split("\\s+")) {
            ports.add(port.contains("/") ? port.toLowerCase(Locale.ROOT) : port + "/tcp");
        }
        return ports;
    }

    private static String directory(String before, String rest) {
        if (rest.startsWith("/")) {
            return rest;
        }
        return (before.isEmpty() || before.equals("/") ? "" : before) + "/" + rest;
    }

    private static List<String> longer(List<String> list, String last) {
        List<String> longer = new ArrayList<>(list);
        longer.add(last);
        return longer;
    }

    private static Map<String, Empty> plus(Map<String, Empty> set, List<String> more) {
        Map<String, Empty> bigger = new LinkedHashMap<>(set);
        more.forEach(one -> bigger.put(one, Empty.VALUE));
        return bigger;
    }

    private static Map<String, String> merged(Map<String, String> old, Map<String, String> more) {
        Map<String, String> merged = new LinkedHashMap<>(old);
        merged.putAll(more);
        return merged;
    }

    private static List<String> environment(List<String> old, Map<String, String> more) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String variable : old) {
            int equals = variable.indexOf('=');
            variables.put(equals < 0 ? variable : variable.substring(0, equals), variable);
        }
        more.forEach((name, value) -> variables.put(name, name + "=" + value));
        return List.copyOf(variables.values());
    }

    /** {@code a=b "c d"=e}, or the old form {@code a b c}. */
    private static Map<String, String> pairs(String rest, String name) {
        Map<String, String> pairs = new LinkedHashMap<>();
        List<String> words = words(rest);
        if (!words.getFirst().contains("=")) {
            String[] two = rest.split("\\s+", 2);
            if (two.length < 2) {
                throw Failure.invalid("%s must have two arguments", name);
            }
            pairs.put(two[0], two[1]);
            return pairs;
        }
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw Failure.invalid("Syntax error - can't find = in \"%s\". Must be of the form: name=value", word);
            }
            pairs.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return pairs;
    }

    /** Words at blanks, with quotes and backslashes taken away. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                word.append(c);
            }
        }
        if (!word.isEmpty() || words.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }
}
