package dev.priok.cli.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Go's printf for the verbs that people use in formats: v s q d x X t f g c %, with flags, width and precision.
 *
 * @see <a href="https://pkg.go.dev/fmt">package fmt</a>
 */
final class Printf {
    /** Widest field; more is a mistake and would only eat memory. */
    private static final int MAXIMUM_WIDTH = 10_000;

    private final String format;
    private final List<@Nullable Object> arguments;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int nextArgument = 1;

    private Printf(String format, List<@Nullable Object> arguments) {
        this.format = format;
        this.arguments = arguments;
    }

    static String format(List<@Nullable Object> arguments) throws TemplateError {
        if (arguments.isEmpty() || !(arguments.getFirst() instanceof String format)) {
            throw new TemplateError("wrong type for printf: its first argument is the format");
        }
        return new Printf(format, arguments).run();
    }

    private String run() throws TemplateError {
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c == '%') {
                directive();
            } else {
                out.append(c);
            }
        }
        if (nextArgument < arguments.size()) {
            String separator = "%!(EXTRA ";
            for (Object extra : arguments.subList(nextArgument, arguments.size())) {
                out.append(separator).append(Values.typeName(extra)).append('=').append(Values.text(extra));
                separator = ", ";
            }
            out.append(')');
        }
        return out.toString();
    }

    private void directive() throws TemplateError {
        boolean left = false;
        boolean zero = false;
        boolean plus = false;
        while (at < format.length() && "-+# 0".indexOf(format.charAt(at)) >= 0) {
            char flag = format.charAt(at++);
            left |= flag == '-';
            zero |= flag == '0';
            plus |= flag == '+';
        }
        int width = digits();
        int precision = -1;
        if (at < format.length() && format.charAt(at) == '.') {
            at++;
            precision = Math.max(0, digits());
        }
        if (at >= format.length()) {
            out.append("%!(NOVERB)");
            return;
        }
        char verb = format.charAt(at++);
        if (verb == '%') {
            out.append('%');
            return;
        }
        if (nextArgument >= arguments.size()) {
            out.append("%!").append(verb).append("(MISSING)");
            return;
        }
        Object argument = arguments.get(nextArgument++);
        String text = convert(verb, argument, precision);
        if (plus && argument instanceof Number && !text.startsWith("-")) {
            text = "+" + text;
        }
        int missing = width - text.codePointCount(0, text.length());
        boolean fillsZeros = zero && !left && argument instanceof Number;
        if (missing > 0 && fillsZeros) {
            boolean isSigned = text.startsWith("-") || text.startsWith("+");
            out.append(text, 0, isSigned ? 1 : 0).append("0".repeat(missing)).append(text.substring(isSigned ? 1 : 0));
        } else if (missing > 0) {
            String fill = " ".repeat(missing);
            out.append(left ? "" : fill).append(text).append(left ? fill : "");
        } else {
            out.append(text);
        }
    }

    private int digits() throws TemplateError {
        int start = at;
        while (at < format.length() && Character.isDigit(format.charAt(at))) {
            at++;
        }
        if (at == start) {
            return -1;
        }
        if (at - start > 5 || Integer.parseInt(format.substring(start, at)) > MAXIMUM_WIDTH) {
            throw new TemplateError("width " + format.substring(start, at) + " is above " + MAXIMUM_WIDTH);
        }
        return Integer.parseInt(format.substring(start, at));
    }

    private static String convert(char verb, @Nullable Object argument, int precision) {
        return switch (verb) {
            case 'v' -> Values.text(argument);
            case 's' ->
                argument instanceof Number || argument instanceof Boolean
                        ? wrong(verb, argument)
                        : cut(Values.text(argument), precision);
            case 'q' -> quote(Values.text(argument));
            case 't' -> argument instanceof Boolean ? Values.text(argument) : wrong(verb, argument);
            case 'd' ->
                argument instanceof Number && !(argument instanceof Double)
                        ? Values.text(argument)
                        : wrong(verb, argument);
            case 'x', 'X' -> {
                String hex = argument instanceof Long number
                        ? Long.toString(number, 16)
                        : java.util.HexFormat.of()
                                .formatHex(Values.text(argument).getBytes(java.nio.charset.StandardCharsets.UTF_8));
                yield verb == 'X' ? hex.toUpperCase(Locale.ROOT) : hex;
            }
            case 'f' ->
                argument instanceof Double number
                        ? new BigDecimal(number)
                                .setScale(precision < 0 ? 6 : precision, RoundingMode.HALF_EVEN)
                                .toPlainString()
                        : wrong(verb, argument);
            case 'g' -> argument instanceof Double number ? GoNumbers.shortest(number) : wrong(verb, argument);
            case 'c' -> argument instanceof Long number ? Character.toString(number.intValue()) : wrong(verb, argument);
            case 'T' -> Values.typeName(argument);
            default -> wrong(verb, argument);
        };
    }

    private static String cut(String text, int length) {
        return length >= 0 && length < text.length() ? text.substring(0, length) : text;
    }

    private static String wrong(char verb, @Nullable Object argument) {
        return "%!" + verb + "(" + Values.typeName(argument) + "=" + Values.text(argument) + ")";
    }

    /** A Go string literal. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        quoted.append("\\x")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 0xf, 16));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
