package dev.priok.cli.option;

/** One declared option: its names, its place in the help text, and the value that parsing leaves in it. */
public abstract sealed class Option permits Flag, TextOption, NumberOption, ListOption, ParsedOption {
    /** Says that an option has no one-letter name. */
    public static final char NO_SHORTHAND = 0;

    private final char shorthand;
    private final String name;
    private final String typeName;
    private final String description;
    private boolean isSet;
    private boolean isHidden;

    Option(char shorthand, String name, String typeName, String description) {
        this.shorthand = shorthand;
        this.name = name;
        this.typeName = typeName;
        this.description = description;
    }

    /** Takes a value from the command line; repeated options take several. */
    abstract void accept(String value) throws BadValue;

    /** The value as JSON takes it. */
    public abstract Object json();

    /** The value that stands for the option's bare name; empty when a value is needed. */
    String bareValue() {
        return "";
    }

    /** What the help text shows as the default; empty for none. */
    String defaultText() {
        return "";
    }

    final void set(String value) throws BadValue {
        accept(value);
        isSet = true;
    }

    /** Keeps this option out of help and completion: accepted for the sake of old scripts. */
    final void hide() {
        isHidden = true;
    }

    /** Whether the command line named this option. */
    public final boolean isSet() {
        return isSet;
    }

    final boolean isHidden() {
        return isHidden;
    }

    final char shorthand() {
        return shorthand;
    }

    /** The long name, without dashes. */
    public final String name() {
        return name;
    }

    final String typeName() {
        return typeName;
    }

    final String description() {
        return description;
    }

    /** Both names as error messages write them: {@code -n, --last}. */
    final String names() {
        return shorthand == NO_SHORTHAND ? "--" + name : "-" + shorthand + ", --" + name;
    }
}
