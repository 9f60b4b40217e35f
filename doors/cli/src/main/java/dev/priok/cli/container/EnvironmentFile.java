package dev.priok.cli.container;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of {@code NAME=VALUE} lines for {@code --env-file} and {@code --label-file}. */
final class EnvironmentFile {
    private EnvironmentFile() {}

    /** Variables of the files, then those of the command line; a bare name takes this process's value, if it has one. */
    static List<String> merge(Session session, List<String> files, List<String> variables) throws IOException {
        List<String> merged = new ArrayList<>();
        for (String file : files) {
            for (String line : lines(file)) {
                addVariable(session, merged, line, "poorly formatted environment: variable '%s' contains whitespaces");
            }
        }
        for (String variable : variables) {
            if (variable.startsWith("=") || variable.isEmpty()) {
                throw new CommandFailed("invalid environment variable: " + variable, CommandFailed.REFUSED);
            }
            addVariable(session, merged, variable, "");
        }
        return merged;
    }

    /** Meaningful lines of a label file. */
    static List<String> labels(List<String> files) throws IOException {
        List<String> labels = new ArrayList<>();
        for (String file : files) {
            labels.addAll(lines(file));
        }
        return labels;
    }

    private static void addVariable(Session session, List<String> merged, String line, String complaint) {
        int equals = line.indexOf('=');
        String name = equals < 0 ? line : line.substring(0, equals);
        if (!complaint.isEmpty() && (name.indexOf(' ') >= 0 || name.indexOf('\t') >= 0)) {
            throw new CommandFailed(complaint.replace("%s", name), CommandFailed.REFUSED);
        }
        if (equals >= 0) {
            merged.add(line);
        } else if (session.hasEnvironment(name)) {
            merged.add(name + "=" + session.environment(name));
        }
    }

    private static List<String> lines(String file) throws IOException {
        List<String> kept = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(Path.of(file), StandardCharsets.UTF_8)) {
                String text = line.startsWith("\ufeff") ? line.substring(1) : line;
                String trimmed = text.stripLeading();
                if (!trimmed.isEmpty() && !trimmed.startsWith("#")) {
                    kept.add(trimmed);
                }
            }
        } catch (NoSuchFileException _) {
            throw new CommandFailed("open " + file + ": no such file or directory", CommandFailed.REFUSED);
        }
        return kept;
    }
}
