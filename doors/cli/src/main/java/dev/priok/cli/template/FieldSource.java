package dev.priok.cli.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Data whose fields are computed when a template asks for them. */
public interface FieldSource {
    /** What {@link #field} returns for a name it does not know. */
    Object NO_FIELD = new NoField();

    /** Type of {@link #NO_FIELD}. */
    final class NoField {
        private NoField() {}
    }

    /** Value of a field, or {@link #NO_FIELD}. */
    @Nullable
    Object field(String name);

    /** Value of a field that takes arguments, such as {@code .Label "x"}, or {@link #NO_FIELD}. */
    default @Nullable Object field(String name, List<@Nullable Object> arguments) {
        return NO_FIELD;
    }

    /** Fields that make up the JSON form, in its order. */
    List<String> fieldNames();
}
