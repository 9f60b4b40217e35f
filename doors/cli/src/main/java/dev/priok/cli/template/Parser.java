package dev.priok.cli.template;

import dev.priok.cli.template.Node.Expression;
import dev.priok.cli.template.Token.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the tree of a template by recursive descent. */
final class Parser {
    /** Deepest nesting; a template of a person has single digits, and the walk recurses. */
    private static final int MAXIMUM_DEPTH = 200;

    private static final String END = "end";
    private static final String ELSE = "else";

    private final List<Token> tokens;
    private final Map<String, List<Node>> templates = new HashMap<>();
    private Set<String> variables = new HashSet<>(Set.of("$"));
    private int at;
    private int depth;
    private int rangeDepth;

    private Parser(List<Token> tokens) {
        this.tokens = tokens;
    }

    static List<Node> parse(String input) throws TemplateError {
        Parser parser = new Parser(Lexer.tokens(input));
        List<Node> nodes = parser.nodes();
        if (!parser.peek().is(Kind.END)) {
            throw parser.error(
                    "unexpected {{" + parser.tokens.get(parser.at + 1).text() + "}}");
        }
        return nodes;
    }

    /** Nodes up to the end of input or to a left delimiter that is followed by end or else. */
    private List<Node> nodes() throws TemplateError {
        List<Node> nodes = new ArrayList<>();
        while (true) {
            Token token = peek();
            switch (token.kind()) {
                case END -> {
                    return nodes;
                }
                case TEXT -> {
                    at++;
                    nodes.add(new Node.Text(token.text()));
                }
                default -> {
                    Token word = tokens.get(at + 1);
                    if (word.isWord(END) || word.isWord(ELSE)) {
                        return nodes;
                    }
                    at++;
                    nodes.add(action());
                }
            }
        }
    }

    private Node action() throws TemplateError {
        Token word = peek();
        if (word.is(Kind.IDENTIFIER)) {
            switch (word.text()) {
                case "if" -> {
                    at++;
                    return ifNode();
                }
                case "with" -> {
                    at++;
                    Node.Pipeline value = pipeline();
                    close("with");
                    List<Node> then = block();
                    return new Node.With(value, then, otherwise("with"));
                }
                case "range" -> {
                    at++;
                    Node.Pipeline items = pipeline();
                    close("range");
                    rangeDepth++;
                    List<Node> body = block();
                    rangeDepth--;
                    return new Node.Range(items, body, otherwise("range"));
                }
                case "break", "continue" -> {
                    at++;
                    if (rangeDepth == 0) {
                        throw error("{{" + word.text() + "}} outside {{range}}");
                    }
                    close(word.text());
                    return new Node.Jump(word.text().equals("break") ? Node.Flow.BREAK : Node.Flow.CONTINUE);
                }
                case "define" -> {
                    if (depth > 0) {
                        throw error("unexpected <define> in command");
                    }
                    at++;
                    String name = name("define").text();
                    close("define");
                    define(name);
                    return new Node.Text("");
                }
                case "template" -> {
                    at++;
                    return invocation(name("template"), "template");
                }
                case "block" -> {
                    at++;
                    Token name = name("block");
                    if (peek().is(Kind.RIGHT)) {
                        throw error("missing value for block clause");
                    }
                    Node node = invocation(name, "block");
                    define(name.text());
                    return node;
                }
                default -> {
                    // A function: falls through to the pipeline.
                }
            }
        }
        Node.Pipeline pipeline = pipeline();
        close("command");
        return new Node.Output(pipeline);
    }

    private Token name(String context) throws TemplateError {
        Token token = next();
        if (!token.is(Kind.STRING)) {
            throw error("unexpected \"" + token.text() + "\" in " + context + " clause");
        }
        return token;
    }

    /** Reads a template of its own: it sees its own variables alone, and no loop around it. */
    private void define(String name) throws TemplateError {
        Set<String> outerVariables = variables;
        int outerRanges = rangeDepth;
        variables = new HashSet<>(Set.of("$"));
        rangeDepth = 0;
        templates.put(name, block());
        at++;
        if (!peek().isWord(END)) {
            throw error("unexpected {{else}} in define clause");
        }
        at++;
        close(END);
        variables = outerVariables;
        rangeDepth = outerRanges;
    }

    private Node invocation(Token name, String context) throws TemplateError {
        int start = at - 1;
        Node.@Nullable Pipeline data = peek().is(Kind.RIGHT) ? null : pipeline();
        String source = "{{template " + source(start) + "}}";
        close(context);
        return new Node.Invocation(name.text(), data, templates, new Node.Place(name.line(), name.column(), source));
    }

    private Node ifNode() throws TemplateError {
        Node.Pipeline condition = pipeline();
        close("if");
        List<Node> then = block();
        return new Node.If(condition, then, otherwise("if"));
    }

    private List<Node> block() throws TemplateError {
        if (++depth > MAXIMUM_DEPTH) {
            throw error("template is nested too deeply");
        }
        List<Node> nodes = nodes();
        depth--;
        if (peek().is(Kind.END)) {
            throw error("unexpected EOF");
        }
        return nodes;
    }

    /** What stands after {@code {{else}}}, up to and with {@code {{end}}}. */
    private List<Node> otherwise(String context) throws TemplateError {
        at++;
        if (peek().isWord(END)) {
            at++;
            close(END);
            return List.of();
        }
        at++;
        if (peek().isWord("if") && context.equals("if")) {
            at++;
            return List.of(ifNode());
        }
        close(ELSE);
        List<Node> nodes = block();
        at++;
        if (!peek().isWord(END)) {
            throw error("expected end; found {{else}}");
        }
        at++;
        close(END);
        return nodes;
    }

    private Node.Pipeline pipeline() throws TemplateError {
        List<String> declared = new ArrayList<>();
        boolean isAssignment = false;
        int start = at;
        if (peek().is(Kind.VARIABLE)) {
            List<String> names = new ArrayList<>();
            names.add(next().text());
            if (peek().is(Kind.COMMA)) {
                at++;
                if (!peek().is(Kind.VARIABLE)) {
                    throw error("range can only initialize variables");
                }
                names.add(next().text());
            }
            if (peek().is(Kind.DECLARE) || peek().is(Kind.ASSIGN)) {
                isAssignment = next().is(Kind.ASSIGN);
                declared.addAll(names);
                variables.addAll(names);
            } else {
                at = start;
            }
        }
        List<Node.Command> commands = new ArrayList<>();
        do {
            commands.add(command());
        } while (nextIs(Kind.PIPE));
        return new Node.Pipeline(List.copyOf(declared), isAssignment, commands);
    }

    private Node.Command command() throws TemplateError {
        int start = at;
        List<Expression> words = new ArrayList<>();
        while (!peek().is(Kind.PIPE) && !peek().is(Kind.RIGHT) && !peek().is(Kind.CLOSE) && !peek().is(Kind.END)) {
            words.add(operand());
        }
        if (words.isEmpty()) {
            throw error("missing value for command");
        }
        if (words.getFirst() instanceof Expression.Function(String name, Node.Place place)) {
            Node.Place whole = new Node.Place(place.line(), place.column(), source(start));
            words.set(0, new Expression.Function(name, whole));
        }
        return new Node.Command(words);
    }

    /** The text of the tokens from {@code start} up to here, for messages. */
    private String source(int start) {
        StringBuilder out = new StringBuilder();
        for (Token token : tokens.subList(start, at)) {
            out.append(token.afterSpace() && !out.isEmpty() ? " " : "")
                    .append(token.is(Kind.STRING) ? Printf.quote(token.text()) : token.text());
        }
        return out.toString();
    }

    private Expression operand() throws TemplateError {
        Token token = next();
        Expression operand = switch (token.kind()) {
            case DOT -> new Expression.Dot();
            case FIELD -> {
                at--;
                yield fields(new Expression.Dot(), token, "");
            }
            case VARIABLE -> {
                if (!variables.contains(token.text())) {
                    throw error("undefined variable \"" + token.text() + "\"");
                }
                yield new Expression.Variable(token.text());
            }
            case STRING -> new Expression.Literal(token.text());
            case CHARACTER -> new Expression.Literal((long) token.text().codePointAt(0));
            case NUMBER -> new Expression.Literal(number(token));
            case OPEN -> {
                if (++depth > MAXIMUM_DEPTH) {
                    throw error("template is nested too deeply");
                }
                Node.Pipeline pipeline = pipeline();
                depth--;
                if (!next().is(Kind.CLOSE)) {
                    throw error("unclosed left paren");
                }
                yield new Expression.Nested(pipeline);
            }
            case IDENTIFIER -> identifier(token);
            default -> throw error("unexpected \"" + token.text() + "\" in operand");
        };
        boolean mayHaveFields = token.is(Kind.VARIABLE) || token.is(Kind.OPEN);
        if (mayHaveFields && peek().is(Kind.FIELD) && !peek().afterSpace()) {
            return fields(operand, token, token.is(Kind.VARIABLE) ? token.text() : "");
        }
        return operand;
    }

    private Expression identifier(Token token) throws TemplateError {
        return switch (token.text()) {
            case "true" -> new Expression.Literal(true);
            case "false" -> new Expression.Literal(false);
            case "nil" -> new Expression.Nil();
            default -> {
                if (!Functions.has(token.text())) {
                    throw error("function \"" + token.text() + "\" not defined");
                }
                yield new Expression.Function(token.text(), new Node.Place(token.line(), token.column(), token.text()));
            }
        };
    }

    private Expression fields(Expression target, Token first, String prefix) {
        List<String> names = new ArrayList<>();
        StringBuilder source = new StringBuilder(prefix);
        do {
            String name = next().text();
            source.append(name);
            names.add(name.substring(1));
        } while (peek().is(Kind.FIELD) && !peek().afterSpace());
        return new Expression.Fields(target, names, new Node.Place(first.line(), first.column(), source.toString()));
    }

    private Object number(Token token) throws TemplateError {
        String text = token.text().replace("_", "");
        try {
            return Long.decode(text);
        } catch (NumberFormatException _) {
            // Not a whole number: tried as one with a fraction below.
        }
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException _) {
            throw error("bad number syntax: \"" + token.text() + "\"");
        }
    }

    private void close(String context) throws TemplateError {
        Token token = next();
        if (!token.is(Kind.RIGHT)) {
            throw error("unexpected \"" + token.text() + "\" in " + context);
        }
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        return tokens.get(Math.min(at++, tokens.size() - 1));
    }

    private boolean nextIs(Kind kind) {
        if (peek().is(kind)) {
            at++;
            return true;
        }
        return false;
    }

    private TemplateError error(String message) {
        Token token = tokens.get(Math.min(Math.max(at - 1, 0), tokens.size() - 1));
        return new TemplateError("template: :" + token.line() + ": " + message);
    }
}
