package dev.priok.cli.format;

import java.util.ArrayList;
import java.util.List;

/** Text with tabs set in columns: at least ten wide, three blanks apart, as docker does. */
public final class Table {
    private static final int MINIMUM_WIDTH = 10;
    private static final int PADDING = 3;

    private final int minimumWidth;
    private final int padding;
    private final List<String[]> rows = new ArrayList<>();

    /** The layout of lists. */
    public Table() {
        this(MINIMUM_WIDTH, PADDING);
    }

    /**
     * Another layout.
     *
     * @param minimumWidth narrowest column, padding included
     * @param padding blanks after the widest cell
     */
    public Table(int minimumWidth, int padding) {
        this.minimumWidth = minimumWidth;
        this.padding = padding;
    }

    /** Adds a line whose cells are separated by tabs. */
    public void addLine(String line) {
        int count = 1;
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '\t') {
                count++;
            }
        }
        String[] cells = new String[count];
        int from = 0;
        for (int i = 0; i < count; i++) {
            int tab = line.indexOf('\t', from);
            cells[i] = tab < 0 ? line.substring(from) : line.substring(from, tab);
            from = tab + 1;
        }
        rows.add(cells);
    }

    /** Adds all lines of a text. */
    public void addText(String text) {
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            addLine(end < 0 ? text.substring(from) : text.substring(from, end));
            from = end < 0 ? text.length() : end + 1;
        }
    }

    /** All lines set; the last cell of a line is not padded. */
    @Override
    public String toString() {
        int columns = 0;
        for (String[] row : rows) {
            columns = Math.max(columns, row.length - 1);
        }
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < row.length - 1; i++) {
                widths[i] = Math.max(widths[i], Math.max(minimumWidth, width(row[i]) + padding));
            }
        }
        StringBuilder out = new StringBuilder();
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                out.append(row[i]);
                if (i < row.length - 1) {
                    for (int blanks = widths[i] - width(row[i]); blanks > 0; blanks--) {
                        out.append(' ');
                    }
                }
            }
            out.append('\n');
        }
        return out.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
