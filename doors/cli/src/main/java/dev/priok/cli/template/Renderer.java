package dev.priok.cli.template;

import dev.priok.cli.template.Node.Command;
import dev.priok.cli.template.Node.Expression;
import dev.priok.cli.template.Node.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Walks a template once over one piece of data. */
final class Renderer {
    private static final int NORMAL = 0;
    private static final int BREAK = 1;
    private static final int CONTINUE = 2;

    private final StringBuilder out;
    private final boolean rendersTitles;
    private final List<String> variableNames = new ArrayList<>();
    private final List<@Nullable Object> variableValues = new ArrayList<>();
    private @Nullable Object dot;

    Renderer(StringBuilder out, @Nullable Object data, boolean rendersTitles) {
        this.out = out;
        this.rendersTitles = rendersTitles;
        this.dot = data;
        declare("$", data);
    }

    void render(List<Node> nodes) throws TemplateError {
        walk(nodes);
    }

    private int walk(List<Node> nodes) throws TemplateError {
        for (Node node : nodes) {
            int outcome = walk(node);
            if (outcome != NORMAL) {
                return outcome;
            }
        }
        return NORMAL;
    }

    private int walk(Node node) throws TemplateError {
        switch (node) {
            case Node.Text(String text) -> out.append(text);
            case Node.Output(Pipeline pipeline) -> {
                Object value = evaluate(pipeline);
                if (pipeline.variables().isEmpty()) {
                    Values.print(out, value);
                }
            }
            case Node.If(Pipeline condition, List<Node> then, List<Node> otherwise) -> {
                int scope = variableNames.size();
                int outcome = walk(Values.isTrue(evaluate(condition)) ? then : otherwise);
                forgetTo(scope);
                return outcome;
            }
            case Node.With(Pipeline pipeline, List<Node> then, List<Node> otherwise) -> {
                int scope = variableNames.size();
                Object value = evaluate(pipeline);
                int outcome = Values.isTrue(value) ? walkWith(value, then) : walk(otherwise);
                forgetTo(scope);
                return outcome;
            }
            case Node.Range range -> {
                return walkRange(range);
            }
            case Node.Break() -> {
                return BREAK;
            }
            case Node.Continue() -> {
                return CONTINUE;
            }
        }
        return NORMAL;
    }

    private int walkWith(@Nullable Object value, List<Node> nodes) throws TemplateError {
        Object outer = dot;
        dot = value;
        int outcome = walk(nodes);
        dot = outer;
        return outcome;
    }

    private int walkRange(Node.Range range) throws TemplateError {
        int scope = variableNames.size();
        Object items = evaluateCommands(range.items());
        boolean isEmpty = true;
        switch (items) {
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    isEmpty = false;
                    if (walkItem(range, (long) i, list.get(i)) == BREAK) {
                        break;
                    }
                }
            }
            case Map<?, ?> map -> {
                for (Map.Entry<?, ?> entry : new TreeMap<>(map).entrySet()) {
                    isEmpty = false;
                    if (walkItem(range, entry.getKey(), entry.getValue()) == BREAK) {
                        break;
                    }
                }
            }
            case Long count -> {
                for (long i = 0; i < count; i++) {
                    isEmpty = false;
                    if (walkItem(range, i, i) == BREAK) {
                        break;
                    }
                }
            }
            case null -> {}
            case Nothing _ -> {}
            default -> throw new TemplateError("template: executing \"\": range can't iterate over " + items);
        }
        forgetTo(scope);
        return isEmpty ? walk(range.otherwise()) : NORMAL;
    }

    private int walkItem(Node.Range range, Object key, @Nullable Object item) throws TemplateError {
        int scope = variableNames.size();
        List<String> names = range.items().variables();
        if (names.size() == 1) {
            declare(names.getFirst(), item);
        } else if (names.size() == 2) {
            declare(names.getFirst(), key);
            declare(names.getLast(), item);
        }
        int outcome = walkWith(item, range.body());
        forgetTo(scope);
        return outcome;
    }

    private @Nullable Object evaluate(Pipeline pipeline) throws TemplateError {
        Object value = evaluateCommands(pipeline);
        for (String name : pipeline.variables()) {
            if (pipeline.isAssignment()) {
                variableValues.set(variableNames.lastIndexOf(name), value);
            } else {
                declare(name, value);
            }
        }
        return value;
    }

    private @Nullable Object evaluateCommands(Pipeline pipeline) throws TemplateError {
        Object value = null;
        boolean isFirst = true;
        for (Command command : pipeline.commands()) {
            List<@Nullable Object> piped = new ArrayList<>();
            if (!isFirst) {
                piped.add(value);
            }
            value = run(command, piped);
            isFirst = false;
        }
        return value;
    }

    private @Nullable Object run(Command command, List<@Nullable Object> piped) throws TemplateError {
        Expression head = command.words().getFirst();
        List<Expression> rest = command.words().subList(1, command.words().size());
        if (head instanceof Expression.Function(String name, Node.Place place)) {
            return call(name, place, rest, piped);
        }
        if (rest.isEmpty() && piped.isEmpty()) {
            return evaluate(head);
        }
        if (head instanceof Expression.Fields(Expression target, List<String> names, Node.Place place)) {
            return callField(target, names, place, rest, piped);
        }
        throw new TemplateError("template: executing \"\": can't give argument to non-function " + head);
    }

    private @Nullable Object call(String name, Node.Place place, List<Expression> words, List<@Nullable Object> piped)
            throws TemplateError {
        if (name.equals("and") || name.equals("or")) {
            boolean stopsAt = name.equals("or");
            Object value = null;
            for (Expression word : words) {
                value = evaluate(word);
                if (Values.isTrue(value) == stopsAt) {
                    return value;
                }
            }
            return piped.isEmpty() ? value : piped.getFirst();
        }
        List<@Nullable Object> arguments = arguments(words, piped);
        if (rendersTitles && Functions.keepsTitles(name) && !arguments.isEmpty()) {
            return piped.isEmpty() ? arguments.getFirst() : piped.getFirst();
        }
        try {
            return Functions.call(name, arguments);
        } catch (TemplateError e) {
            throw place.error("error calling " + name + ": " + e.message());
        }
    }

    private List<@Nullable Object> arguments(List<Expression> words, List<@Nullable Object> piped)
            throws TemplateError {
        List<@Nullable Object> arguments = new ArrayList<>();
        for (Expression word : words) {
            arguments.add(evaluate(word));
        }
        arguments.addAll(piped);
        return arguments;
    }

    private @Nullable Object callField(
            Expression target,
            List<String> names,
            Node.Place place,
            List<Expression> words,
            List<@Nullable Object> piped)
            throws TemplateError {
        Object value = evaluate(target);
        for (String name : names.subList(0, names.size() - 1)) {
            value = Values.field(value, name, "", place);
        }
        String last = names.getLast();
        Object result =
                value instanceof FieldSource data ? data.field(last, arguments(words, piped)) : FieldSource.NO_FIELD;
        if (result instanceof FieldSource.NoField) {
            throw place.error(last + " has arguments but cannot be invoked as function");
        }
        return result;
    }

    private @Nullable Object evaluate(Expression word) throws TemplateError {
        return switch (word) {
            case Expression.Dot() -> dot;
            case Expression.Nil() -> null;
            case Expression.Literal(Object value) -> value;
            case Expression.Variable(String name) -> variableValues.get(variableNames.lastIndexOf(name));
            case Expression.Nested(Pipeline pipeline) -> evaluate(pipeline);
            case Expression.Function(String name, Node.Place place) -> call(name, place, List.of(), List.of());
            case Expression.Fields(Expression target, List<String> names, Node.Place place) -> {
                Object value = evaluate(target);
                String owner = "";
                for (int i = 0; i < names.size(); i++) {
                    value = Values.field(value, names.get(i), owner, place.after(names.subList(0, i)));
                    owner = names.get(i);
                }
                yield value;
            }
        };
    }

    private void declare(String name, @Nullable Object value) {
        variableNames.add(name);
        variableValues.add(value);
    }

    private void forgetTo(int size) {
        while (variableNames.size() > size) {
            variableNames.removeLast();
            variableValues.removeLast();
        }
    }
}
