package dev.priok.cli.option;

/** An option with a whole number. */
public final class NumberOption extends Option {
    private final long initial;
    private long value;

    NumberOption(char shorthand, String name, long initial, String description) {
        super(shorthand, name, "int", description);
        this.initial = initial;
        this.value = initial;
    }

    public long value() {
        return value;
    }

    @Override
    public Object json() {
        return value();
    }

    @Override
    void accept(String text) throws BadValue {
        try {
            value = text.startsWith("0x") ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw new BadValue("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
        }
    }

    @Override
    String defaultText() {
        return initial == 0 ? "" : Long.toString(initial);
    }
}
