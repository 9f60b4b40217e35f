package dev.priok.build.dockerfile;

import java.util.List;

/** A command, in one of its two forms. */
public sealed interface CommandLine {
    /** Text for the shell. */
    record Shell(String text) implements CommandLine {}

    /** Program and arguments, written as a JSON array. */
    record Exec(List<String> args) implements CommandLine {
        public Exec {
            args = List.copyOf(args);
        }
    }
}
