package dev.priok.linux;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A kernel for tests: records what is asked and answers as told; a call without an answer returns 0. */
public final class RecordingSyscalls implements Syscalls {
    private final List<String> calls = new ArrayList<>();
    private final Map<Syscall, Deque<Long>> answers = new EnumMap<>(Syscall.class);

    /** The next call of {@code number} returns {@code result}. */
    public RecordingSyscalls answer(Syscall number, long result) {
        answers.computeIfAbsent(number, _ -> new ArrayDeque<>()).add(result);
        return this;
    }

    /** The next call of {@code number} fails. */
    public RecordingSyscalls fail(Syscall number, Errno errno) {
        return answer(number, -errno.code());
    }

    /** What was called, such as {@code mkdirat(fd(3), "etc", 493)}. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public synchronized long call(Syscall number, Object... arguments) {
        StringBuilder text = new StringBuilder(number.kernelName()).append('(');
        for (int i = 0; i < arguments.length; i++) {
            text.append(i == 0 ? "" : ", ");
            switch (arguments[i]) {
                case String s -> text.append('"').append(s).append('"');
                case byte[] b -> text.append('[').append(b.length).append(" bytes]");
                default -> text.append(arguments[i]);
            }
        }
        calls.add(text.append(')').toString());
        Deque<Long> queue = answers.get(number);
        return queue == null || queue.isEmpty() ? 0 : queue.remove();
    }
}
