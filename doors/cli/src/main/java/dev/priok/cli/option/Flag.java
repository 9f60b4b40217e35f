package dev.priok.cli.option;

/** An option that is on or off: {@code --all}, {@code --all=false}. */
public final class Flag extends Option {
    private final boolean initial;
    private boolean value;

    Flag(char shorthand, String name, boolean initial, String description) {
        super(shorthand, name, "", description);
        this.initial = initial;
        this.value = initial;
    }

    public boolean value() {
        return value;
    }

    @Override
    public Object json() {
        return value();
    }

    @Override
    void accept(String text) throws BadValue {
        value = switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new BadValue("strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
        };
    }

    @Override
    String bareValue() {
        return "true";
    }

    @Override
    String defaultText() {
        return initial ? "true" : "";
    }
}
