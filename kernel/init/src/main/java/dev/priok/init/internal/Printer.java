package dev.priok.init.internal;

import dev.priok.init.Argument;
import dev.priok.init.Call;
import dev.priok.init.Flow;
import dev.priok.init.Slot;
import dev.priok.init.Step;
import dev.priok.init.Steps;
import dev.priok.init.SystemCall;
import dev.priok.linux.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a list of steps as strace would. */
public final class Printer {
    /** Longer texts and lists are cut: environments are for their owners. */
    private static final int LONGEST_TEXT = 200;

    private final List<String> lines = new ArrayList<>();

    private Printer() {}

    public static List<String> print(Steps steps) {
        Printer printer = new Printer();
        printer.list(steps, "");
        return printer.lines;
    }

    private void list(Steps steps, String indent) {
        for (Steps.Item item : steps.items()) {
            step(item.step(), indent);
        }
    }

    private void step(Step step, String indent) {
        switch (step) {
            case SystemCall call -> lines.add(indent + text(call.call()));
            case Flow.Try attempt -> {
                String errors = attempt.tolerated().stream().map(Errno::name).collect(Collectors.joining("|"));
                lines.add(indent + text(attempt.call().call()) + " or " + errors + (attempt.noted() ? " (noted)" : ""));
                branch("then", attempt.then(), indent);
                branch("otherwise", attempt.otherwise(), indent);
            }
            case Flow.Clone clone -> {
                String cgroup = clone.cgroup().equals(Flow.Clone.NO_CGROUP)
                        ? ""
                        : ", cgroup=" + clone.cgroup().name();
                lines.add(indent + "clone3({flags=" + clone.shownFlags() + ", pidfd=["
                        + clone.pidfd().name() + "], exit_signal=SIGCHLD" + cgroup + "}, 88) = "
                        + clone.pid().name());
                branch("child", clone.child(), indent);
            }
            case Flow.Attended attended ->
                lines.add(indent + "attended(" + attended.pipe().name() + ")");
            case Flow.Fail fail -> lines.add(indent + "fail(" + fail.errno() + ")");
            case Flow.Supervise s ->
                lines.add(indent + "supervise(" + s.pid().name() + ", "
                        + s.streams().stream()
                                .map(stream -> stream.source().name() + "->"
                                        + stream.journal().name())
                                .collect(Collectors.joining(", ", "{", "}"))
                        + ")");
        }
    }

    private void branch(String name, Steps steps, String indent) {
        if (!steps.isEmpty()) {
            lines.add(indent + "  " + name + ":");
            list(steps, indent + "    ");
        }
    }

    private static String text(Call call) {
        return call.syscall().kernelName()
                + call.arguments().stream().map(Printer::text).collect(Collectors.joining(", ", "(", ")"))
                + call.result().map(slot -> " = " + slot.name()).orElse("");
    }

    private static String text(Argument argument) {
        return switch (argument) {
            case Argument.Word word -> word.shown().get();
            case Argument.Text text -> "\"" + cut(text.text()) + "\"";
            case Argument.Value(Slot slot) -> slot.name();
            case Argument.Address(Slot.Result slot) -> "[" + slot.name() + "]";
            case Argument.Block block -> cut(block.shown().get());
        };
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
    }
}
