package dev.priok.cli.option;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of one command. Declare them once, {@link #parse} once, then read the values from the declared options.
 *
 * <p>The grammar is docker's: {@code --name=value}, {@code --name value}, {@code -n value}, {@code -nvalue}, {@code -n=value},
 * clusters of flags ({@code -it}), {@code --} ends the options. Errors are worded as docker words them.
 */
public final class Options {
    private final List<Option> declared = new ArrayList<>();
    private boolean isInterspersed = true;
    private final Flag help = new Flag('h', "help", false, "Print usage");

    /** No option yet but {@code --help}. */
    public Options() {
        help.hide();
    }

    /** Makes everything after the first argument an argument: commands that run other commands need that. */
    public void stopAtFirstArgument() {
        isInterspersed = false;
    }

    public Flag flag(char shorthand, String name, String description) {
        return add(new Flag(shorthand, name, false, description));
    }

    public Flag flag(String name, String description) {
        return flag(Option.NO_SHORTHAND, name, description);
    }

    /** A flag that is on unless switched off by {@code --name=false}. */
    public Flag flagOn(String name, String description) {
        return flagOn(Option.NO_SHORTHAND, name, description);
    }

    public Flag flagOn(char shorthand, String name, String description) {
        return add(new Flag(shorthand, name, true, description));
    }

    public TextOption text(char shorthand, String name, String description) {
        return add(new TextOption(shorthand, name, "string", "", description));
    }

    public TextOption text(String name, String description) {
        return text(Option.NO_SHORTHAND, name, description);
    }

    public TextOption text(char shorthand, String name, String typeName, String initial, String description) {
        return add(new TextOption(shorthand, name, typeName, initial, description));
    }

    public NumberOption number(char shorthand, String name, long initial, String description) {
        return add(new NumberOption(shorthand, name, initial, description));
    }

    public NumberOption number(String name, long initial, String description) {
        return number(Option.NO_SHORTHAND, name, initial, description);
    }

    public ListOption list(char shorthand, String name, String description) {
        return list(shorthand, name, "list", description, _ -> {});
    }

    public ListOption list(String name, String description) {
        return list(Option.NO_SHORTHAND, name, description);
    }

    public ListOption list(char shorthand, String name, String typeName, String description, ListOption.Check check) {
        return add(new ListOption(shorthand, name, typeName, false, description, check));
    }

    /** A list whose values may also be separated by commas. */
    public ListOption commaList(String name, String description) {
        return add(new ListOption(Option.NO_SHORTHAND, name, "strings", true, description, _ -> {}));
    }

    public <T> ParsedOption<T> parsed(
            char shorthand,
            String name,
            String typeName,
            T initial,
            String description,
            ParsedOption.Parser<T> parser) {
        return add(new ParsedOption<>(shorthand, name, typeName, initial, "", description, parser));
    }

    /** Takes the option just declared out of the help text. */
    public void hideLast() {
        declared.getLast().hide();
    }

    /** Whether {@code --help} was given. */
    public boolean isHelp() {
        return help.value();
    }

    /**
     * Reads a command line and returns its arguments.
     *
     * @throws UsageError for options that are unknown or have impossible values
     */
    public List<String> parse(List<String> words) throws UsageError {
        List<String> arguments = new ArrayList<>();
        int i = 0;
        while (i < words.size()) {
            String word = words.get(i++);
            if (word.length() < 2 || word.charAt(0) != '-') {
                arguments.add(word);
                if (!isInterspersed) {
                    arguments.addAll(words.subList(i, words.size()));
                    return arguments;
                }
            } else if (word.equals("--")) {
                arguments.addAll(words.subList(i, words.size()));
                return arguments;
            } else if (word.charAt(1) == '-') {
                i = parseLong(word, words, i);
            } else {
                i = parseCluster(word, words, i);
            }
        }
        return arguments;
    }

    private int parseLong(String word, List<String> words, int next) throws UsageError {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        if (name.isEmpty() || name.charAt(0) == '-') {
            throw new UsageError("bad flag syntax: " + word);
        }
        Option option = find(name);
        if (option == null) {
            throw new UsageError("unknown flag: --" + name);
        }
        if (equals >= 0) {
            assign(option, word.substring(equals + 1));
            return next;
        }
        if (!option.bareValue().isEmpty()) {
            assign(option, option.bareValue());
            return next;
        }
        if (next >= words.size()) {
            throw new UsageError("flag needs an argument: --" + name);
        }
        assign(option, words.get(next));
        return next + 1;
    }

    private int parseCluster(String word, List<String> words, int next) throws UsageError {
        for (int at = 1; at < word.length(); at++) {
            char letter = word.charAt(at);
            Option option = find(letter);
            String rest = word.substring(at + 1);
            if (option == null) {
                throw new UsageError("unknown shorthand flag: '" + letter + "' in -" + word.substring(at));
            }
            if (rest.startsWith("=")) {
                assign(option, rest.substring(1));
                return next;
            }
            if (option.bareValue().isEmpty()) {
                if (!rest.isEmpty()) {
                    assign(option, rest);
                    return next;
                }
                if (next >= words.size()) {
                    throw new UsageError("flag needs an argument: '" + letter + "' in -" + word.substring(at));
                }
                assign(option, words.get(next));
                return next + 1;
            }
            assign(option, option.bareValue());
        }
        return next;
    }

    private static void assign(Option option, String value) throws UsageError {
        try {
            option.set(value);
        } catch (BadValue e) {
            throw new UsageError(
                    "invalid argument \"" + value + "\" for \"" + option.names() + "\" flag: " + e.reason());
        }
    }

    private @Nullable Option find(String name) {
        for (Option option : declared) {
            if (option.name().equals(name)) {
                return option;
            }
        }
        return name.equals("help") ? help : null;
    }

    private @Nullable Option find(char letter) {
        for (Option option : declared) {
            if (option.shorthand() == letter) {
                return option;
            }
        }
        return letter == 'h' ? help : null;
    }

    /** What the help text and the shell completion list, by name. */
    public List<Option> visible() {
        List<Option> visible = new ArrayList<>();
        for (Option option : declared) {
            if (!option.isHidden()) {
                visible.add(option);
            }
        }
        visible.sort(Comparator.comparing(Option::name));
        return visible;
    }

    private <T extends Option> T add(T option) {
        declared.add(option);
        return option;
    }
}
