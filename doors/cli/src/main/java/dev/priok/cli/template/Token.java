package dev.priok.cli.template;

/**
 * One token of a template.
 *
 * @param kind what it is
 * @param text its text; for {@link Kind#STRING} the decoded value
 * @param line line of its first character, from 1
 * @param column column of its first character, from 0
 * @param afterSpace whether white space stands before it, which ends the word before
 */
record Token(Kind kind, String text, int line, int column, boolean afterSpace) {
    enum Kind {
        TEXT,
        LEFT,
        RIGHT,
        IDENTIFIER,
        FIELD,
        VARIABLE,
        DOT,
        STRING,
        CHARACTER,
        NUMBER,
        PIPE,
        OPEN,
        CLOSE,
        DECLARE,
        ASSIGN,
        COMMA,
        END
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean isWord(String word) {
        return kind == Kind.IDENTIFIER && text.equals(word);
    }
}
