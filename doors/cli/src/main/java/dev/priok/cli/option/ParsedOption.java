package dev.priok.cli.option;

/** An option whose text means a value of its own kind, such as a size or a duration. */
public final class ParsedOption<T> extends Option {
    /** Turns the text into the value. */
    @FunctionalInterface
    public interface Parser<T> {
        T parse(String text) throws BadValue;
    }

    private final Parser<T> parser;
    private final String defaultText;
    private T value;

    ParsedOption(
            char shorthand,
            String name,
            String typeName,
            T initial,
            String defaultText,
            String description,
            Parser<T> parser) {
        super(shorthand, name, typeName, description);
        this.value = initial;
        this.defaultText = defaultText;
        this.parser = parser;
    }

    public T value() {
        return value;
    }

    @Override
    public Object json() {
        return value;
    }

    @Override
    void accept(String text) throws BadValue {
        value = parser.parse(text);
    }

    @Override
    String defaultText() {
        return defaultText;
    }
}
