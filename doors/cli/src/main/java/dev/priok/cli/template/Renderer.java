package dev.priok.cli.template;

import dev.priok.cli.template.Node.Command;
import dev.priok.cli.template.Node.Expression;
import dev.priok.cli.template.Node.Flow;
import dev.priok.cli.template.Node.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Walks a template once over one piece of data. */
final class Renderer {
    /** Templates that call each other; Go goes deeper, and nobody means to. */
    private static final int MAXIMUM_INVOCATIONS = 200;

    private final StringBuilder out;
    private final boolean rendersTitles;
    private final List<String> variableNames = new ArrayList<>();
    private final List<@Nullable Object> variableValues = new ArrayList<>();
    private @Nullable Object dot;
    private int invocations;

    Renderer(StringBuilder out, @Nullable Object data, boolean rendersTitles) {
        this.out = out;
        this.rendersTitles = rendersTitles;
        this.dot = data;
        declare("$", data);
    }

    void render(List<Node> nodes) throws TemplateError {
        walk(nodes);
    }

    @Nullable
    Object dot() {
        return dot;
    }

    @Nullable
    Object variable(String name) {
        return variableValues.get(variableNames.lastIndexOf(name));
    }

    private Flow walk(List<Node> nodes) throws TemplateError {
        for (Node node : nodes) {
            Flow flow = node.render(this);
            if (flow != Flow.NORMAL) {
                return flow;
            }
        }
        return Flow.NORMAL;
    }

    Flow text(String text) {
        out.append(text);
        return Flow.NORMAL;
    }

    Flow output(Pipeline pipeline) throws TemplateError {
        Object value = evaluate(pipeline);
        if (pipeline.variables().isEmpty()) {
            Values.print(out, value);
        }
        return Flow.NORMAL;
    }

    Flow choose(Node.If node) throws TemplateError {
        int scope = variableNames.size();
        Flow flow = walk(Values.isTrue(evaluate(node.condition())) ? node.then() : node.otherwise());
        forgetTo(scope);
        return flow;
    }

    Flow with(Node.With node) throws TemplateError {
        int scope = variableNames.size();
        Object value = evaluate(node.value());
        Flow flow = Values.isTrue(value) ? walkWith(value, node.then()) : walk(node.otherwise());
        forgetTo(scope);
        return flow;
    }

    private Flow walkWith(@Nullable Object value, List<Node> nodes) throws TemplateError {
        Object outer = dot;
        dot = value;
        Flow flow = walk(nodes);
        dot = outer;
        return flow;
    }

    Flow invoke(Node.Invocation invocation) throws TemplateError {
        List<Node> nodes = invocation.templates().get(invocation.name());
        if (nodes == null) {
            throw invocation.place().error("template \"" + invocation.name() + "\" not defined");
        }
        if (++invocations > MAXIMUM_INVOCATIONS) {
            throw invocation.place().error("exceeded maximum template depth (" + MAXIMUM_INVOCATIONS + ")");
        }
        Pipeline data = invocation.data();
        Object value = data == null ? null : evaluate(data);
        int scope = variableNames.size();
        declare("$", value);
        Flow flow = walkWith(value, nodes);
        forgetTo(scope);
        invocations--;
        return flow;
    }

    Flow range(Node.Range range) throws TemplateError {
        int scope = variableNames.size();
        Object items = evaluateCommands(range.items());
        boolean isEmpty = true;
        if (items instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                isEmpty = false;
                if (walkItem(range, (long) i, list.get(i)) == Flow.BREAK) {
                    break;
                }
            }
        } else if (items instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : new TreeMap<>(map).entrySet()) {
                isEmpty = false;
                if (walkItem(range, entry.getKey(), entry.getValue()) == Flow.BREAK) {
                    break;
                }
            }
        } else if (items instanceof Long count) {
            for (long i = 0; i < count; i++) {
                isEmpty = false;
                if (walkItem(range, i, i) == Flow.BREAK) {
                    break;
                }
            }
        } else if (items != null && !(items instanceof Nothing)) {
            throw new TemplateError("template: executing \"\": range can't iterate over " + items);
        }
        forgetTo(scope);
        return isEmpty ? walk(range.otherwise()) : Flow.NORMAL;
    }

    private Flow walkItem(Node.Range range, Object key, @Nullable Object item) throws TemplateError {
        int scope = variableNames.size();
        List<String> names = range.items().variables();
        if (names.size() == 1) {
            declare(names.getFirst(), item);
        } else if (names.size() == 2) {
            declare(names.getFirst(), key);
            declare(names.getLast(), item);
        }
        Flow flow = walkWith(item, range.body());
        forgetTo(scope);
        return flow;
    }

    @Nullable
    Object evaluate(Pipeline pipeline) throws TemplateError {
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
        if (head instanceof Expression.Function function) {
            return call(function, rest, piped);
        }
        if (rest.isEmpty() && piped.isEmpty()) {
            return head.evaluate(this);
        }
        if (head instanceof Expression.Fields fields) {
            return callField(fields, rest, piped);
        }
        throw new TemplateError("template: executing \"\": can't give argument to non-function " + head);
    }

    @Nullable
    Object call(Expression.Function function, List<Expression> words, List<@Nullable Object> piped)
            throws TemplateError {
        String name = function.name();
        if (name.equals("and") || name.equals("or")) {
            boolean stopsAt = name.equals("or");
            Object value = null;
            for (Expression word : words) {
                value = word.evaluate(this);
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
            throw function.place().error("error calling " + name + ": " + e.message());
        }
    }

    private List<@Nullable Object> arguments(List<Expression> words, List<@Nullable Object> piped)
            throws TemplateError {
        List<@Nullable Object> arguments = new ArrayList<>();
        for (Expression word : words) {
            arguments.add(word.evaluate(this));
        }
        arguments.addAll(piped);
        return arguments;
    }

    private @Nullable Object callField(Expression.Fields fields, List<Expression> words, List<@Nullable Object> piped)
            throws TemplateError {
        List<String> names = fields.names();
        Object value = fields.target().evaluate(this);
        for (String name : names.subList(0, names.size() - 1)) {
            value = Values.field(value, name, "", fields.place());
        }
        String last = names.getLast();
        Object result =
                value instanceof FieldSource data ? data.field(last, arguments(words, piped)) : FieldSource.NO_FIELD;
        if (result instanceof FieldSource.NoField) {
            throw fields.place().error(last + " has arguments but cannot be invoked as function");
        }
        return result;
    }

    @Nullable
    Object fields(Expression.Fields fields) throws TemplateError {
        Object value = fields.target().evaluate(this);
        String owner = "";
        List<String> names = fields.names();
        for (int i = 0; i < names.size(); i++) {
            Node.Place place = i == 0 ? fields.place() : fields.place().after(names.subList(0, i));
            value = Values.field(value, names.get(i), owner, place);
            owner = names.get(i);
        }
        return value;
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
