package dev.priok.cli.template;

import java.util.List;

/** One piece of a parsed template. */
sealed interface Node {
    record Text(String text) implements Node {}

    record Output(Pipeline pipeline) implements Node {}

    record If(Pipeline condition, List<Node> then, List<Node> otherwise) implements Node {}

    record With(Pipeline value, List<Node> then, List<Node> otherwise) implements Node {}

    record Range(Pipeline items, List<Node> body, List<Node> otherwise) implements Node {}

    record Break() implements Node {}

    record Continue() implements Node {}

    /** Commands that feed each other: {@code .Names | join "," | upper}, its result perhaps kept in variables. */
    record Pipeline(List<String> variables, boolean isAssignment, List<Command> commands) {}

    /** Words of which the first may be a function or a field that takes the rest. */
    record Command(List<Expression> words) {}

    /** One word of a command. */
    sealed interface Expression {
        record Dot() implements Expression {}

        record Nil() implements Expression {}

        record Variable(String name) implements Expression {}

        record Literal(Object value) implements Expression {}

        record Function(String name, Place place) implements Expression {}

        record Nested(Pipeline pipeline) implements Expression {}

        /** {@code .A.B}, {@code $x.A.B}, {@code (pipeline).A.B}. */
        record Fields(Expression target, List<String> names, Place place) implements Expression {}
    }

    /** Where a word stands, for messages. */
    record Place(int line, int column, String source) {
        /** The place of the field that comes after {@code names} in a chain. */
        Place after(List<String> names) {
            int length = 0;
            for (String name : names) {
                length += name.length() + 1;
            }
            return new Place(line, column + length, source);
        }

        TemplateError error(String message) {
            return new TemplateError(
                    "template: :" + line + ":" + column + ": executing \"\" at <" + source + ">: " + message);
        }
    }
}
