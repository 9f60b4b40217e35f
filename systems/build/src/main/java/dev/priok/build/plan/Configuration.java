package dev.priok.build.plan;

import dev.priok.build.dockerfile.CommandLine;
import dev.priok.build.dockerfile.Instruction;
import dev.priok.build.dockerfile.SourceRange;
import dev.priok.oci.image.Healthcheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Applies the instructions that only change what the image says about itself. */
final class Configuration {
    private final StagePlanner stage;
    private final ImageState.Change change;
    private final ImageState before;

    Configuration(StagePlanner stage, ImageState.Change change, ImageState before) {
        this.stage = stage;
        this.change = change;
        this.before = before;
    }

    /** Applies one instruction; answers its line in the history. */
    String apply(Instruction instruction) {
        SourceRange lines = instruction.source().lines();
        return switch (instruction) {
            case Instruction.Cmd cmd -> {
                List<String> args = args(cmd.command());
                change.command = args;
                yield "CMD " + quoted(args);
            }
            case Instruction.Entrypoint entrypoint -> {
                List<String> args = args(entrypoint.command());
                change.entrypoint = args;
                yield "ENTRYPOINT " + quoted(args);
            }
            case Instruction.User user -> {
                change.user = stage.expand(user.user(), lines);
                yield "USER " + change.user;
            }
            case Instruction.Expose expose -> {
                TreeSet<String> ports = new TreeSet<>();
                for (String port : expose.ports()) {
                    ports.addAll(Ports.read(stage.expand(port, lines), lines));
                }
                change.exposedPorts.addAll(ports);
                yield "EXPOSE " + String.join(" ", ports);
            }
            case Instruction.Volume volume -> {
                List<String> paths = volume.paths().stream()
                        .map(p -> stage.expand(p, lines).strip())
                        .toList();
                if (paths.contains("")) {
                    throw lines.failure("VOLUME specified can not be an empty string");
                }
                change.volumes.addAll(paths);
                yield "VOLUME [" + String.join(" ", paths) + "]";
            }
            case Instruction.Shell shell -> {
                change.shell = shell.args();
                yield "SHELL [" + String.join(" ", shell.args()) + "]";
            }
            case Instruction.StopSignal signal -> {
                change.stopSignal = Signals.check(stage.expand(signal.signal(), lines), lines);
                yield "STOPSIGNAL " + change.stopSignal;
            }
            case Instruction.Healthcheck check -> healthcheck(check);
            case Instruction.OnBuild onBuild -> {
                change.onBuild.add(onBuild.trigger());
                yield "ONBUILD " + onBuild.trigger();
            }
            case Instruction.Maintainer maintainer -> {
                change.author = maintainer.name();
                yield "MAINTAINER " + maintainer.name();
            }
            default -> throw new IllegalStateException("not a configuration: " + instruction);
        };
    }

    private List<String> args(CommandLine command) {
        return switch (command) {
            case CommandLine.Exec(List<String> args) -> args;
            case CommandLine.Shell(String text) -> {
                List<String> args = new ArrayList<>(before.effectiveShell());
                args.add(text);
                yield args;
            }
        };
    }

    private String healthcheck(Instruction.Healthcheck check) {
        List<String> test = check.command()
                .map(command -> switch (command) {
                    case CommandLine.Exec(List<String> args) -> prefixed("CMD", args);
                    case CommandLine.Shell(String text) -> List.of("CMD-SHELL", text);
                })
                .orElse(List.of("NONE"));
        change.healthcheck = new Healthcheck(
                test,
                nanos(check.interval()),
                nanos(check.timeout()),
                nanos(check.startPeriod()),
                nanos(check.startInterval()),
                check.retries());
        return "HEALTHCHECK " + quoted(test);
    }

    private static long nanos(Optional<Duration> duration) {
        return duration.map(Duration::toNanos).orElse(0L);
    }

    private static List<String> prefixed(String first, List<String> rest) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(rest);
        return all;
    }

    /** As Go prints a list of strings with %q. */
    private static String quoted(List<String> args) {
        return args.stream()
                .map(a -> "\"" + a.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"")
                .collect(Collectors.joining(" ", "[", "]"));
    }
}
