package dev.priok.build.solve;

import dev.priok.build.BuildEvent.Channel;
import dev.priok.build.CancelSignal;
import dev.priok.build.Executor;
import dev.priok.build.ProcessSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Pretends to run processes: remembers them and does what a test says. */
final class FakeExecutor implements Executor {
    /** What a pretended process does. */
    interface Behaviour {
        int run(ProcessSpec process, MemoryTree tree, Printer out);
    }

    /** Prints a line to standard output. */
    interface Printer {
        void print(String text);
    }

    final List<ProcessSpec> ran = Collections.synchronizedList(new ArrayList<>());
    Behaviour behaviour = (process, tree, _) -> {
        tree.write("ran/" + ran.size(), String.join(" ", process.args()));
        return 0;
    };
    private final MemoryStore store;

    FakeExecutor(MemoryStore store) {
        this.store = store;
    }

    @Override
    public int run(ProcessSpec process, OutputSink output, CancelSignal cancel) {
        ran.add(process);
        int code = behaviour.run(process, store.mounted(process.rootfs()), text -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            // One byte at a time, so that characters are split.
            for (int i = 0; i < bytes.length; i++) {
                output.write(Channel.STDOUT, bytes, i, 1);
            }
        });
        cancel.check();
        return code;
    }

    /** Arguments of everything that ran, joined by spaces. */
    List<String> commands() {
        return ran.stream().map(p -> String.join(" ", p.args())).toList();
    }
}
