package dev.priok.build.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * A parsed Dockerfile: what its author wrote, before any variable is replaced.
 *
 * @param escape the character that continues a line and takes away the meaning of the next one
 * @param syntax value of {@code # syntax=}; only told, not acted on
 * @param globalArgs ARG before the first FROM
 * @param stages in order, at least one
 * @param warnings what does not stop a build
 */
public record Dockerfile(
        char escape,
        Optional<String> syntax,
        List<Instruction.Arg> globalArgs,
        List<Stage> stages,
        List<String> warnings) {
    public Dockerfile {
        globalArgs = List.copyOf(globalArgs);
        stages = List.copyOf(stages);
        warnings = List.copyOf(warnings);
    }

    /**
     * One FROM and what follows it.
     *
     * @param index from 0
     */
    public record Stage(int index, Instruction.From from, List<Instruction> instructions) {
        public Stage {
            instructions = List.copyOf(instructions);
        }
    }
}
