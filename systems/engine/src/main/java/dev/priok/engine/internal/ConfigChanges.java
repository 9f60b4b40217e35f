package dev.priok.engine.internal;

import dev.priok.core.Failure;
import dev.priok.engine.ImageSettings;
import dev.priok.engine.spec.Environment;
import dev.priok.oci.OciJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Dockerfile instructions that {@code docker commit --change} takes. */
final class ConfigChanges {
    private final List<String> ports;
    private final List<String> volumes;
    private final List<String> onBuild;
    private final Map<String, String> labels;
    private String user;
    private List<String> env;
    private @Nullable List<String> entrypoint;
    private @Nullable List<String> cmd;
    private String workingDir;
    private String stopSignal;
    private @Nullable List<String> shell;
    private final ImageSettings before;

    private ConfigChanges(ImageSettings before) {
        this.before = before;
        ports = new ArrayList<>(before.exposedPorts());
        volumes = new ArrayList<>(before.volumes());
        onBuild = new ArrayList<>(before.onBuild());
        labels = new LinkedHashMap<>(before.labels());
        user = before.user();
        env = before.env();
        entrypoint = before.entrypoint();
        cmd = before.cmd();
        workingDir = before.workingDir();
        stopSignal = before.stopSignal();
        shell = before.shell();
    }

    /** The settings with all changes, each an instruction such as {@code CMD ["sh"]}. */
    static ImageSettings apply(ImageSettings settings, List<String> changes) {
        ConfigChanges all = new ConfigChanges(settings);
        changes.forEach(all::change);
        return new ImageSettings(
                all.user,
                all.ports,
                all.env,
                all.entrypoint,
                all.cmd,
                all.volumes,
                all.workingDir,
                all.labels,
                all.stopSignal,
                all.before.healthcheck(),
                all.shell,
                all.onBuild,
                all.before.argsEscaped());
    }

    private void change(String text) {
        String stripped = text.strip();
        int space = stripped.indexOf(' ');
        String word = (space < 0 ? stripped : stripped.substring(0, space)).toUpperCase(Locale.ROOT);
        String rest = space < 0 ? "" : stripped.substring(space + 1).strip();
        if (rest.isEmpty()) {
            throw Failure.invalid("%s requires at least one argument", word);
        }
        switch (word) {
            case "CMD" -> cmd = command(rest);
            case "ENTRYPOINT" -> entrypoint = command(rest);
            case "ENV" -> env = Environment.replaceOrAppend(env, pairs(rest));
            case "EXPOSE" -> {
                for (String port : rest.split("\\s+")) {
                    ports.add(port.contains("/") ? port : port + "/tcp");
                }
            }
            case "LABEL" -> pairs(rest).forEach(this::label);
            case "ONBUILD" -> onBuild.add(rest);
            case "USER" -> user = rest;
            case "VOLUME" -> volumes.addAll(rest.startsWith("[") ? json(rest) : List.of(rest.split("\\s+")));
            case "WORKDIR" -> workingDir = rest.startsWith("/") ? rest : workingDir + "/" + rest;
            case "STOPSIGNAL" -> stopSignal = rest;
            case "SHELL" -> shell = json(rest);
            default -> throw Failure.invalid("%s is not a valid change command", word.toLowerCase(Locale.ROOT));
        }
    }

    private void label(String pair) {
        int equals = pair.indexOf('=');
        labels.put(pair.substring(0, equals), pair.substring(equals + 1));
    }

    private List<String> command(String rest) {
        if (rest.startsWith("[")) {
            return json(rest);
        }
        List<String> words = new ArrayList<>(shell == null || shell.isEmpty() ? List.of("/bin/sh", "-c") : shell);
        words.add(rest);
        return words;
    }

    private static List<String> json(String text) {
        return List.of(OciJson.read(text.getBytes(StandardCharsets.UTF_8), String[].class, "list of words: " + text));
    }

    /** {@code a=b c="d e"} or the old form {@code a b c}. */
    private static List<String> pairs(String text) {
        String first = text.split("\\s+", 2)[0];
        if (!first.contains("=")) {
            String[] parts = text.split("\\s+", 2);
            if (parts.length < 2) {
                throw Failure.invalid("Syntax error - can't find = in \"%s\". Must be of the form: name=value", text);
            }
            return List.of(parts[0] + "=" + parts[1]);
        }
        List<String> pairs = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && quote != '\'') {
                i++;
                word.append(text.charAt(i));
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (Character.isWhitespace(c)) {
                add(pairs, word);
            } else {
                word.append(c);
            }
        }
        add(pairs, word);
        return pairs;
    }

    private static void add(List<String> pairs, StringBuilder word) {
        if (word.isEmpty()) {
            return;
        }
        if (word.indexOf("=") <= 0) {
            throw Failure.invalid("Syntax error - can't find = in \"%s\". Must be of the form: name=value", word);
        }
        pairs.add(word.toString());
        word.setLength(0);
    }
}
