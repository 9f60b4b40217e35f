package dev.priok.build.plan;

import dev.priok.build.dockerfile.Instruction;
import java.util.List;
import java.util.Optional;

/** Finds what else an instruction names besides its own stage. */
final class References {
    private References() {}

    /** Values of {@code --from} and of {@code from=} in mounts. */
    static List<String> of(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Copy copy -> copy.from().stream().toList();
            case Instruction.Run run ->
                run.mounts().stream()
                        .map(MountOptions::fields)
                        .map(fields -> Optional.ofNullable(fields.get("from")))
                        .flatMap(Optional::stream)
                        .toList();
            default -> List.of();
        };
    }
}
