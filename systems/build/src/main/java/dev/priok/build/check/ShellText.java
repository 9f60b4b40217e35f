package dev.priok.build.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The commands in the text of a RUN, as far as they can be told apart without being a shell.
 *
 * @param commands each as its words, without quotes
 * @param hasPipe whether one writes into another
 */
record ShellText(List<List<String>> commands, boolean hasPipe) {
    static ShellText of(String text) {
        List<List<String>> commands = new ArrayList<>();
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean pipe = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\\' && i + 1 < text.length()) {
                i++;
                if (text.charAt(i) != '\n') {
                    word.append(text.charAt(i));
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == ' ' || c == '\t') {
                end(word, words);
            } else if (";|&\n()".indexOf(c) >= 0) {
                char before = i > 0 ? text.charAt(i - 1) : ' ';
                char after = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
                boolean isRedirection = c == '&' && (before == '>' || after == '>');
                if (isRedirection) {
                    word.append(c);
                    continue;
                }
                boolean doubled = i + 1 < text.length() && text.charAt(i + 1) == c;
                pipe |= c == '|' && !doubled;
                i += doubled ? 1 : 0;
                end(word, words);
                end(words, commands);
            } else {
                word.append(c);
            }
        }
        end(word, words);
        end(words, commands);
        return new ShellText(commands, pipe);
    }

    private static void end(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    /** Assignments and keywords in front of a command are not it. */
    private static void end(List<String> words, List<List<String>> commands) {
        int first = 0;
        while (first < words.size()
                && (words.get(first).matches("[A-Za-z_]\\w*=.*")
                        || List.of("if", "then", "do", "else", "while", "!", "{", "}", "exec", "time")
                                .contains(words.get(first)))) {
            first++;
        }
        if (first < words.size()) {
            commands.add(List.copyOf(words.subList(first, words.size())));
        }
        words.clear();
    }

    static String program(List<String> command) {
        String path = command.getFirst();
        return path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }

    /** The words of a command that are neither options nor its name. */
    static List<String> plain(List<String> command) {
        return command.subList(1, command.size()).stream()
                .filter(w -> !w.startsWith("-") && !w.contains(">") && !w.contains("<"))
                .toList();
    }

    static boolean has(List<String> command, String... options) {
        return command.stream().anyMatch(word -> {
            for (String option : options) {
                boolean isShort = option.length() == 2 && option.charAt(0) == '-' && option.charAt(1) != '-';
                if (word.equals(option)
                        || word.startsWith(option + "=")
                        || (isShort && word.matches("-[A-Za-z]+") && word.indexOf(option.charAt(1)) > 0)) {
                    return true;
                }
            }
            return false;
        });
    }

    /** All commands of a program with this sub-command. */
    List<List<String>> calls(String program, String... subCommands) {
        return commands.stream()
                .filter(c -> program(c).equals(program))
                .filter(c -> subCommands.length == 0
                        || plain(c).stream()
                                .findFirst()
                                .filter(List.of(subCommands)::contains)
                                .isPresent())
                .toList();
    }
}
