package dev.priok.cli.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One piece of a parsed template. Pieces know which method of {@link Renderer} renders them: a type switch would cost start-up
 * time, since javac makes it with invokedynamic, which an AOT cache does not hold.
 */
sealed interface Node {
    /** How rendering goes on. */
    enum Flow {
        NORMAL,
        BREAK,
        CONTINUE
    }

    Flow render(Renderer renderer) throws TemplateError;

    record Text(String text) implements Node {
        @Override
        public Flow render(Renderer renderer) {
            return renderer.text(text);
        }
    }

    record Output(Pipeline pipeline) implements Node {
        @Override
        public Flow render(Renderer renderer) throws TemplateError {
            return renderer.output(pipeline);
        }
    }

    record If(Pipeline condition, List<Node> then, List<Node> otherwise) implements Node {
        @Override
        public Flow render(Renderer renderer) throws TemplateError {
            return renderer.choose(this);
        }
    }

    record With(Pipeline value, List<Node> then, List<Node> otherwise) implements Node {
        @Override
        public Flow render(Renderer renderer) throws TemplateError {
            return renderer.with(this);
        }
    }

    record Range(Pipeline items, List<Node> body, List<Node> otherwise) implements Node {
        @Override
        public Flow render(Renderer renderer) throws TemplateError {
            return renderer.range(this);
        }
    }

    /** {@code {{break}}} or {@code {{continue}}}. */
    record Jump(Flow flow) implements Node {
        @Override
        public Flow render(Renderer renderer) {
            return flow;
        }
    }

    /** {@code {{template "name" .Data}}}; what was defined, perhaps after it, is looked up by name when it is rendered. */
    record Invocation(String name, @Nullable Pipeline data, Map<String, List<Node>> templates, Place place)
            implements Node {
        @Override
        public Flow render(Renderer renderer) throws TemplateError {
            return renderer.invoke(this);
        }
    }

    /** Commands that feed each other: {@code .Names | join "," | upper}, its result perhaps kept in variables. */
    record Pipeline(List<String> variables, boolean isAssignment, List<Command> commands) {}

    /** Words of which the first may be a function or a field that takes the rest. */
    record Command(List<Expression> words) {}

    /** One word of a command. */
    sealed interface Expression {
        @Nullable
        Object evaluate(Renderer renderer) throws TemplateError;

        record Dot() implements Expression {
            @Override
            public @Nullable Object evaluate(Renderer renderer) {
                return renderer.dot();
            }
        }

        record Nil() implements Expression {
            @Override
            public @Nullable Object evaluate(Renderer renderer) {
                return null;
            }
        }

        record Variable(String name) implements Expression {
            @Override
            public @Nullable Object evaluate(Renderer renderer) {
                return renderer.variable(name);
            }
        }

        record Literal(Object value) implements Expression {
            @Override
            public Object evaluate(Renderer renderer) {
                return value;
            }
        }

        record Function(String name, Place place) implements Expression {
            @Override
            public @Nullable Object evaluate(Renderer renderer) throws TemplateError {
                return renderer.call(this, List.of(), List.of());
            }
        }

        record Nested(Pipeline pipeline) implements Expression {
            @Override
            public @Nullable Object evaluate(Renderer renderer) throws TemplateError {
                return renderer.evaluate(pipeline);
            }
        }

        /** {@code .A.B}, {@code $x.A.B}, {@code (pipeline).A.B}. */
        record Fields(Expression target, List<String> names, Place place) implements Expression {
            @Override
            public @Nullable Object evaluate(Renderer renderer) throws TemplateError {
                return renderer.fields(this);
            }
        }
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
