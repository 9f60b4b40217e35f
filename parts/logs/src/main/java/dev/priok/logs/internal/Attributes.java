package dev.priok.logs.internal;

import dev.priok.core.Failure;
import dev.priok.logs.LogSubject;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The attributes that a log's options ask for, from what the container is. */
final class Attributes {
    private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*\\.?([A-Za-z]+)[^}]*}}");
    private static final int SHORT_ID = 12;

    private Attributes() {}

    static final Set<String> NAMES = Set.of("labels", "labels-regex", "env", "env-regex", "tag");

    /** Labels and variables that the options name, and the tag if it is asked for, sorted by name. */
    static SortedMap<String, String> of(Map<String, String> options, LogSubject subject) {
        SortedMap<String, String> attributes = new TreeMap<>();
        Map<String, String> env = new HashMap<>();
        for (String variable : subject.env()) {
            int equals = variable.indexOf('=');
            if (equals >= 0) {
                env.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        named(options.getOrDefault("labels", ""), subject.labels(), attributes);
        matching("labels-regex", options, subject.labels(), attributes);
        named(options.getOrDefault("env", ""), env, attributes);
        matching("env-regex", options, env, attributes);
        String tag = options.getOrDefault("tag", "");
        if (!tag.isEmpty()) {
            attributes.put("tag", tag(tag, subject));
        }
        return attributes;
    }

    /** The tag of a driver that always has one: the container's short id unless the options say otherwise. */
    static String tag(Map<String, String> options, LogSubject subject) {
        String template = options.getOrDefault("tag", "");
        return template.isEmpty() ? shortened(subject.id()) : tag(template, subject);
    }

    /** Refuses what {@link #of} could not read. */
    static void check(Map<String, String> options) {
        of(options, new LogSubject("", "", "", "", List.of(), Map.of(), List.of()));
    }

    /** The JSON object of the attributes; empty when there are none. */
    static byte[] json(Map<String, String> attributes) {
        if (attributes.isEmpty()) {
            return new byte[0];
        }
        JsonWriter json = new JsonWriter(256);
        json.raw('{');
        boolean first = true;
        for (Map.Entry<String, String> attribute : new TreeMap<>(attributes).entrySet()) {
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

    private static void matching(
            String option, Map<String, String> options, Map<String, String> from, Map<String, String> to) {
        String text = options.getOrDefault(option, "");
        if (text.isEmpty()) {
            return;
        }
        Pattern regex = OptionText.regex(option, text);
        from.forEach((name, value) -> {
            if (regex.matcher(name).find()) {
                to.put(name, value);
            }
        });
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
            case "Hostname" -> HostName.ofThisMachine();
            default -> throw Failure.invalid("invalid log tag: no field '%s'", name);
        };
    }

    private static String shortened(String id) {
        return id.length() > SHORT_ID ? id.substring(0, SHORT_ID) : id;
    }
}
