package dev.priok.cli.option;

import java.util.ArrayList;
import java.util.List;

/** An option that may be repeated; every value is kept, in order. */
public final class ListOption extends Option {
    /** Refuses values that make no sense. */
    @FunctionalInterface
    public interface Check {
        void check(String value) throws BadValue;
    }

    private final Check check;
    private final boolean splitsCommas;
    private final List<String> values = new ArrayList<>();

    ListOption(char shorthand, String name, String typeName, boolean splitsCommas, String description, Check check) {
        super(shorthand, name, typeName, description);
        this.splitsCommas = splitsCommas;
        this.check = check;
    }

    public List<String> values() {
        return values;
    }

    @Override
    public Object json() {
        return values();
    }

    @Override
    void accept(String text) throws BadValue {
        if (!splitsCommas) {
            check.check(text);
            values.add(text);
            return;
        }
        for (String part : text.split(",", -1)) {
            check.check(part);
            values.add(part);
        }
    }
}
