package dev.priok.database;

import java.util.List;

/**
 * The tables of one part of the program.
 *
 * @param part whose they are; names of tables begin with it
 * @param versions SQL scripts, statements separated by {@code ;} at the end of a line: number 1 makes the tables, each later one brings
 *     those of the version before up to its own; never changed once released
 */
public record Schema(String part, List<String> versions) {
    public Schema {
        versions = List.copyOf(versions);
    }
}
