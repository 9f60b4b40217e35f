package dev.priok.cli.option;

import java.util.List;

/** Lays out help: usage, summary, aliases, options in two columns that fit the width. */
public final class HelpText {
    private final StringBuilder out = new StringBuilder();
    private final int width;

    /**
     * @param width columns of the terminal
     */
    public HelpText(int width) {
        this.width = width;
    }

    /** {@code Usage:  priok ps [OPTIONS]}; further lines of {@code synopsis} are set below the first. */
    public HelpText usage(String path, String synopsis) {
        String separator = "Usage:  ";
        for (String line : synopsis.split("\n", -1)) {
            out.append(separator).append(path).append(line.isEmpty() ? "" : " ").append(line);
            separator = "\n\t";
        }
        out.append('\n');
        return this;
    }

    /** A paragraph of its own. */
    public HelpText paragraph(String text) {
        if (!text.isEmpty()) {
            out.append('\n').append(text).append('\n');
        }
        return this;
    }

    /** Other ways to write the command, if there are any. */
    public HelpText aliases(String program, List<String> aliases) {
        if (!aliases.isEmpty()) {
            String separator = "\nAliases:\n  ";
            for (String alias : aliases) {
                out.append(separator).append(program).append(' ').append(alias);
                separator = ", ";
            }
            out.append('\n');
        }
        return this;
    }

    /** A titled list of names and what they are. */
    public HelpText entries(String title, List<String[]> entries) {
        int nameWidth = 11;
        for (String[] entry : entries) {
            nameWidth = Math.max(nameWidth, entry[0].length());
        }
        out.append('\n').append(title).append(":\n");
        for (String[] entry : entries) {
            out.append("  ").append(entry[0]);
            pad(nameWidth + 1 - entry[0].length());
            out.append(entry[1]).append('\n');
        }
        return this;
    }

    /** The options, if there are any. */
    public HelpText options(String title, Options options) {
        List<Option> visible = options.visible();
        if (visible.isEmpty()) {
            return this;
        }
        out.append('\n').append(title).append(":\n");
        int nameWidth = 0;
        for (Option option : visible) {
            nameWidth = Math.max(nameWidth, label(option).length());
        }
        int column = nameWidth + 3;
        for (Option option : visible) {
            String label = label(option);
            out.append(label);
            pad(column - label.length());
            appendWrapped(description(option), column);
        }
        return this;
    }

    private static String label(Option option) {
        String shorthand = option.shorthand() == Option.NO_SHORTHAND ? "      --" : "  -" + option.shorthand() + ", --";
        return shorthand + option.name() + (option.typeName().isEmpty() ? "" : " " + option.typeName());
    }

    private static String description(Option option) {
        String initial = option.defaultText();
        return initial.isEmpty() ? option.description() : option.description() + " (default " + initial + ")";
    }

    private void appendWrapped(String text, int column) {
        int room = Math.max(24, width - 1 - column);
        boolean isFirst = true;
        for (String line : text.split("\n", -1)) {
            String rest = line;
            do {
                if (!isFirst) {
                    pad(column);
                }
                isFirst = false;
                int end = rest.length();
                if (end > room) {
                    int space = rest.lastIndexOf(' ', room);
                    end = space > 0 ? space : room;
                }
                out.append(rest, 0, end).append('\n');
                rest = rest.substring(end).stripLeading();
            } while (!rest.isEmpty());
        }
    }

    private void pad(int count) {
        for (int i = 0; i < count; i++) {
            out.append(' ');
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
