package dev.priok.logs.internal;

import dev.priok.core.Failure;
import dev.priok.logs.LogSubject;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The attributes that a log's options ask for, from what the container is. */
final class Attributes {
    private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*\\.?([A-Za-z]+)[^}]*}}");
    private static final int SHORT_ID = 12;

    private Attributes() {}

    /** The JSON object of the attributes, sorted by name as Go writes maps; empty when there are none. */
    static byte[] json(JsonFileOptions options, LogSubject subject) {
        SortedMap<String, String> attributes = new TreeMap<>();
        Map<String, String> env = new HashMap<>();
        for (String variable : subject.env()) {
            int equals = variable.indexOf('=');
            if (equals >= 0) {
                env.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        named(options.labels(), subject.labels(), attributes);
        options.labelsRegex().ifPresent(regex -> matching(regex, subject.labels(), attributes));
        named(options.env(), env, attributes);
        options.envRegex().ifPresent(regex -> matching(regex, env, attributes));
        if (!options.tag().isEmpty()) {
            attributes.put("tag", tag(options.tag(), subject));
        }
        if (attributes.isEmpty()) {
            return new byte[0];
        }
        JsonWriter json = new JsonWriter(256);
        json.raw('{');
        boolean first = true;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            if (!first) {
                json.raw(',');
            }
            first = false;
            json.string(attribute.getKey().getBytes(StandardCharsets.UTF_8));
            json.raw(':');
            json.string(attribute.getValue().getBytes(StandardCharsets.UTF_8));
        }
        json.raw('}');
        return json.toByteArray();
    }

    private static void named(String names, Map<String, String> from, Map<String, String> to) {
        for (String name : names.split(",")) {
            String value = from.get(name);
            if (value != null) {
                to.put(name, value);
            }
        }
    }

    private static void matching(Pattern regex, Map<String, String> from, Map<String, String> to) {
        from.forEach((name, value) -> {
            if (regex.matcher(name).find()) {
                to.put(name, value);
            }
        });
    }

    /** Refuses a template with a field that does not exist. */
    static void checkTag(String template) {
        tag(template, new LogSubject("", "", "", "", java.util.List.of(), Map.of(), java.util.List.of()));
    }

    private static String tag(String template, LogSubject subject) {
        Matcher matcher = FIELD.matcher(template);
        return matcher.replaceAll(field -> Matcher.quoteReplacement(field(field.group(1), subject)));
    }

    private static String field(String name, LogSubject subject) {
        return switch (name) {
            case "ID" -> shortened(subject.id());
            case "FullID" -> subject.id();
            case "Name" -> subject.name();
            case "ImageID" -> shortened(subject.imageId());
            case "ImageFullID" -> subject.imageId();
            case "ImageName" -> subject.imageName();
            case "Command" -> String.join(" ", subject.command());
            case "DaemonName" -> "priok";
            default -> throw Failure.invalid("invalid log tag: no field '%s'", name);
        };
    }

    private static String shortened(String id) {
        return id.length() > SHORT_ID ? id.substring(0, SHORT_ID) : id;
    }
}
