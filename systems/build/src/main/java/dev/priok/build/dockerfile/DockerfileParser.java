package dev.priok.build.dockerfile;

import dev.priok.core.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads Dockerfiles. */
public final class DockerfileParser {
    /** Larger than any Dockerfile that people write; keeps a context from filling the memory by its Dockerfile. */
    public static final int MAXIMUM_BYTES = 8 << 20;

    private DockerfileParser() {}

    /**
     * Reads a whole Dockerfile.
     *
     * @param file its name, for messages
     * @throws Failure of kind INVALID, with file and line, for everything that is wrong with it
     */
    public static Dockerfile parse(String file, byte[] content) {
        if (content.length > MAXIMUM_BYTES) {
            throw Failure.invalid("%s is larger than %d bytes", file, MAXIMUM_BYTES);
        }
        List<String> lines = LineAssembler.split(file, new String(content, StandardCharsets.UTF_8));
        Directives directives = Directives.of(file, lines);
        List<String> warnings = new ArrayList<>();
        List<LogicalLine> logical = new LineAssembler(file, lines, directives.escape(), warnings).assemble();
        if (logical.isEmpty()) {
            throw Failure.invalid("file with no instructions: %s", file);
        }
        InstructionParser parser = new InstructionParser(directives.escape());
        List<Instruction.Arg> globalArgs = new ArrayList<>();
        List<Dockerfile.Stage> stages = new ArrayList<>();
        Optional<Instruction.From> from = Optional.empty();
        List<Instruction> instructions = new ArrayList<>();
        for (LogicalLine line : logical) {
            Instruction instruction = parser.parse(line);
            if (instruction instanceof Instruction.From next) {
                from.ifPresent(f -> stages.add(new Dockerfile.Stage(stages.size(), f, instructions)));
                instructions.clear();
                from = Optional.of(next);
            } else if (from.isPresent()) {
                instructions.add(instruction);
            } else if (instruction instanceof Instruction.Arg arg) {
                globalArgs.add(arg);
            } else {
                throw line.lines().failure("no build stage in current context");
            }
        }
        from.ifPresent(f -> stages.add(new Dockerfile.Stage(stages.size(), f, instructions)));
        if (stages.isEmpty()) {
            throw Failure.invalid("dockerfile contains no stages to build: %s", file);
        }
        return new Dockerfile(directives.escape(), directives.syntax(), globalArgs, stages, warnings);
    }

    /**
     * Reads one instruction, such as an ONBUILD trigger of a base image; its line is told as {@code source}'s.
     *
     * @throws Failure of kind INVALID when it is malformed or may not be a trigger
     */
    public static Instruction parseTrigger(String text, char escape, SourceRange source) {
        String body = text.stripTrailing();
        List<String> warnings = new ArrayList<>();
        List<LogicalLine> lines =
                new LineAssembler(source.file(), LineAssembler.split(source.file(), body), escape, warnings).assemble();
        if (lines.size() != 1) {
            throw source.failure("an ONBUILD trigger must be one instruction: "
                    + text.lines().findFirst().orElse(""));
        }
        LogicalLine line = new LogicalLine(
                source, lines.getFirst().text(), lines.getFirst().heredocs());
        InstructionParser.refuseForbiddenTrigger(line.text(), source);
        return new InstructionParser(escape).parse(line);
    }
}
