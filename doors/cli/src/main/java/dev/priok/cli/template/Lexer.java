package dev.priok.cli.template;

import dev.priok.cli.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Cuts a template into tokens. */
final class Lexer {
    private static final String LEFT = "{{";
    private static final String RIGHT = "}}";

    private final String input;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int lineStart;
    private boolean trimsNext;

    private Lexer(String input) {
        this.input = input;
    }

    static List<Token> tokens(String input) throws TemplateError {
        Lexer lexer = new Lexer(input);
        lexer.run();
        return lexer.tokens;
    }

    private void run() throws TemplateError {
        while (at < input.length()) {
            int left = input.indexOf(LEFT, at);
            if (left < 0) {
                addText(input.substring(at));
                at = input.length();
                break;
            }
            boolean trimsBefore = input.startsWith("- ", left + 2) || input.startsWith("-\n", left + 2);
            String text = input.substring(at, left);
            addText(trimsBefore ? text.stripTrailing() : text);
            countLines(at, left);
            at = left + 2 + (trimsBefore ? 1 : 0);
            if (!skipComment()) {
                tokens.add(new Token(Kind.LEFT, LEFT, line, left - lineStart, false));
                action();
            }
        }
        tokens.add(new Token(Kind.END, "", line, at - lineStart, false));
    }

    private void addText(String text) {
        String kept = trimsNext ? text.stripLeading() : text;
        trimsNext = false;
        if (!kept.isEmpty()) {
            tokens.add(new Token(Kind.TEXT, kept, line, at - lineStart, false));
        }
    }

    private boolean skipComment() throws TemplateError {
        int start = at;
        while (start < input.length() && isSpace(input.charAt(start))) {
            start++;
        }
        if (!input.startsWith("/*", start)) {
            return false;
        }
        int end = input.indexOf("*/", start);
        if (end < 0) {
            throw error("unclosed comment");
        }
        int right = end + 2;
        if (input.startsWith(" -}}", right)) {
            trimsNext = true;
            right += 2;
        }
        if (!input.startsWith(RIGHT, right)) {
            throw error("comment ends before closing delimiter");
        }
        countLines(at, right);
        at = right + 2;
        return true;
    }

    private void action() throws TemplateError {
        while (true) {
            int before = at;
            while (at < input.length() && isSpace(input.charAt(at))) {
                at++;
            }
            countLines(before, at);
            boolean afterSpace = at > before;
            if (at >= input.length()) {
                throw error("unclosed action");
            }
            if (afterSpace && input.startsWith("-}}", at)) {
                at += 3;
                trimsNext = true;
                tokens.add(new Token(Kind.RIGHT, RIGHT, line, at - lineStart, true));
                return;
            }
            if (input.startsWith(RIGHT, at)) {
                at += 2;
                tokens.add(new Token(Kind.RIGHT, RIGHT, line, at - lineStart, afterSpace));
                return;
            }
            token(afterSpace);
        }
    }

    private void token(boolean afterSpace) throws TemplateError {
        int start = at;
        char c = input.charAt(at);
        switch (c) {
            case '|' -> add(Kind.PIPE, start, 1, afterSpace);
            case '(' -> add(Kind.OPEN, start, 1, afterSpace);
            case ')' -> add(Kind.CLOSE, start, 1, afterSpace);
            case ',' -> add(Kind.COMMA, start, 1, afterSpace);
            case '=' -> add(Kind.ASSIGN, start, 1, afterSpace);
            case ':' -> {
                if (!input.startsWith(":=", at)) {
                    throw error("expected :=");
                }
                add(Kind.DECLARE, start, 2, afterSpace);
            }
            case '"', '\'' -> quoted(c, afterSpace);
            case '`' -> {
                int end = input.indexOf('`', at + 1);
                if (end < 0) {
                    throw error("unterminated raw quoted string");
                }
                tokens.add(new Token(Kind.STRING, input.substring(at + 1, end), line, start - lineStart, afterSpace));
                countLines(at, end);
                at = end + 1;
            }
            case '.' -> {
                int end = wordEnd(at + 1);
                if (end > at + 1 && Character.isDigit(input.charAt(at + 1))) {
                    number(afterSpace);
                } else {
                    add(end == at + 1 ? Kind.DOT : Kind.FIELD, start, end - at, afterSpace);
                }
            }
            case '$' -> add(Kind.VARIABLE, start, wordEnd(at + 1) - at, afterSpace);
            default -> {
                if (Character.isDigit(c) || c == '-' || c == '+') {
                    number(afterSpace);
                } else if (Character.isLetter(c) || c == '_') {
                    add(Kind.IDENTIFIER, start, wordEnd(at) - at, afterSpace);
                } else if (c == '}') {
                    throw error("unexpected \"}\" in operand");
                } else {
                    throw error("unrecognized character in action: U+" + hex(c) + " '" + c + "'");
                }
            }
        }
    }

    private void add(Kind kind, int start, int length, boolean afterSpace) {
        tokens.add(new Token(kind, input.substring(start, start + length), line, start - lineStart, afterSpace));
        at = start + length;
    }

    private int wordEnd(int from) {
        int end = from;
        while (end < input.length() && (Character.isLetterOrDigit(input.charAt(end)) || input.charAt(end) == '_')) {
            end++;
        }
        return end;
    }

    private void number(boolean afterSpace) throws TemplateError {
        int end = at + 1;
        while (end < input.length()) {
            char c = input.charAt(end);
            boolean isSign = (c == '-' || c == '+') && (input.charAt(end - 1) == 'e' || input.charAt(end - 1) == 'E');
            if (!Character.isLetterOrDigit(c) && c != '.' && c != '_' && !isSign) {
                break;
            }
            end++;
        }
        if (end == at + 1 && !Character.isDigit(input.charAt(at))) {
            throw error("bad number syntax: \"" + input.substring(at, Math.min(input.length(), at + 2)) + "\"");
        }
        add(Kind.NUMBER, at, end - at, afterSpace);
    }

    private void quoted(char quote, boolean afterSpace) throws TemplateError {
        int start = at;
        StringBuilder value = new StringBuilder();
        int i = at + 1;
        while (i < input.length() && input.charAt(i) != quote) {
            char c = input.charAt(i++);
            if (c == '\n') {
                break;
            }
            if (c != '\\' || i >= input.length()) {
                value.append(c);
                continue;
            }
            char escape = input.charAt(i++);
            switch (escape) {
                case 'n' -> value.append('\n');
                case 't' -> value.append('\t');
                case 'r' -> value.append('\r');
                case '\\', '"', '\'' -> value.append(escape);
                case 'u', 'x' -> {
                    int digits = escape == 'u' ? 4 : 2;
                    value.append(codePoint(i, digits));
                    i += digits;
                }
                default -> throw error("invalid syntax");
            }
        }
        if (i >= input.length() || input.charAt(i) != quote) {
            throw error(quote == '"' ? "unterminated quoted string" : "unterminated character constant");
        }
        Kind kind = quote == '"' ? Kind.STRING : Kind.CHARACTER;
        tokens.add(new Token(kind, value.toString(), line, start - lineStart, afterSpace));
        at = i + 1;
    }

    private char codePoint(int from, int digits) throws TemplateError {
        try {
            return (char) Integer.parseInt(input.substring(from, Math.min(input.length(), from + digits)), 16);
        } catch (NumberFormatException _) {
            throw error("invalid syntax");
        }
    }

    private void countLines(int from, int to) {
        for (int i = from; i < to; i++) {
            if (input.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static String hex(char c) {
        String digits = Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT);
        return "0".repeat(4 - digits.length()) + digits;
    }

    private TemplateError error(String message) {
        return new TemplateError("template: :" + line + ": " + message);
    }
}
