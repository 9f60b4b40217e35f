package dev.priok.cli.option;

/** An option with a text; the last one given counts. */
public final class TextOption extends Option {
    private final String initial;
    private String value;

    TextOption(char shorthand, String name, String typeName, String initial, String description) {
        super(shorthand, name, typeName, description);
        this.initial = initial;
        this.value = initial;
    }

    public String value() {
        return value;
    }

    @Override
    public Object json() {
        return value();
    }

    @Override
    void accept(String text) {
        value = text;
    }

    @Override
    String defaultText() {
        return initial.isEmpty() ? "" : '"' + initial + '"';
    }
}
