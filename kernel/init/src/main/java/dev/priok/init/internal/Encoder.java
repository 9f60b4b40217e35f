package dev.priok.init.internal;

import dev.priok.init.Argument;
import dev.priok.init.Argument.Part;
import dev.priok.init.Call;
import dev.priok.init.Flow;
import dev.priok.init.Slot;
import dev.priok.init.Step;
import dev.priok.init.Steps;
import dev.priok.init.SystemCall;
import dev.priok.linux.Architecture;
import dev.priok.linux.Errno;
import dev.priok.linux.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Lays a list of steps out as {@code program.h} says. One encoder makes one program. */
public final class Encoder {
    private static final long MAGIC = 0x31544B4F4952502EL;
    private static final int HEADER_BYTES = 32;
    private static final int CLONE_ARGUMENT_BYTES = 88;
    private static final long SIGCHLD = 17;

    private final Architecture architecture;
    private final DataArea data = new DataArea();
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> purposes = new ArrayList<>();
    private final Deque<Child> children = new ArrayDeque<>();

    /** A child's steps, to be laid out behind those of its parent. */
    private record Child(Entry entry, Steps steps) {}

    public Encoder(Architecture architecture) {
        this.architecture = architecture;
    }

    /** Encodes a list and, behind it, the lists of the children that it makes. */
    public void encode(Steps steps) {
        List<Entry> ends = new ArrayList<>();
        list(steps);
        ends.add(jump("ending"));
        while (!children.isEmpty()) {
            Child child = children.remove();
            child.entry().jump = entries.size();
            list(child.steps());
            ends.add(jump("ending"));
        }
        ends.forEach(end -> end.jump = entries.size());
    }

    public List<String> purposes() {
        return purposes;
    }

    private void list(Steps steps) {
        for (Steps.Item item : steps.items()) {
            step(item.step(), item.purpose());
        }
    }

    private void step(Step step, String purpose) {
        switch (step) {
            case SystemCall call -> call(call.call(), purpose);
            case Flow.Try attempt -> attempt(attempt, purpose);
            case Flow.Clone clone -> clone(clone, purpose);
            case Flow.Attended attended -> plain(Entry.ATTENDED, new Argument.Value(attended.pipe()), purpose);
            case Flow.Fail fail ->
                plain(Entry.FAIL, new Argument.Word(fail.errno().code()), purpose);
            case Flow.Supervise supervise -> plain(Entry.SUPERVISE, supervision(supervise), purpose);
        }
    }

    private void attempt(Flow.Try attempt, String purpose) {
        Entry entry = call(attempt.call().call(), purpose);
        entry.noted = attempt.noted();
        entry.tolerated = attempt.tolerated().stream().mapToInt(Errno::code).toArray();
        if (attempt.then().isEmpty() && attempt.otherwise().isEmpty()) {
            return;
        }
        list(attempt.then());
        if (attempt.otherwise().isEmpty()) {
            entry.jump = entries.size();
            return;
        }
        Entry end = jump(purpose);
        entry.jump = entries.size();
        list(attempt.otherwise());
        end.jump = entries.size();
    }

    private void clone(Flow.Clone clone, String purpose) {
        Entry zero = add(Entry.SET, purpose);
        zero.store = data.slot(clone.pidfd());
        boolean intoCgroup = !clone.cgroup().equals(Flow.Clone.NO_CGROUP);
        List<Part> parts = new ArrayList<>();
        parts.add(new Part.Int64(clone.flags()));
        parts.add(new Part.AddressOf(clone.pidfd()));
        parts.add(new Part.Int64(0));
        parts.add(new Part.Int64(0));
        parts.add(new Part.Int64(SIGCHLD));
        for (int i = 0; i < 5; i++) {
            parts.add(new Part.Int64(0));
        }
        parts.add(intoCgroup ? new Part.ValueOf(clone.cgroup()) : new Part.Int64(0));
        Entry entry = call(
                new Call(
                        Syscall.CLONE3,
                        List.of(new Argument.Block(parts, ""), new Argument.Word(CLONE_ARGUMENT_BYTES)),
                        Optional.of(clone.pid())),
                purpose);
        entry.operation = Entry.CLONE;
        children.add(new Child(entry, clone.child()));
    }

    private static Argument supervision(Flow.Supervise s) {
        List<Part> parts = new ArrayList<>();
        for (Slot slot : List.of(s.control(), s.report(), s.events(), s.index(), s.input(), s.pidfd(), s.pid())) {
            parts.add(new Part.ValueOf(slot));
        }
        parts.add(new Part.Int64(s.spillBytes()));
        parts.add(new Part.Int64(s.lonelySignal()));
        for (int i = 0; i < 2; i++) {
            Flow.Stream stream = i < s.streams().size()
                    ? s.streams().get(i)
                    : new Flow.Stream(Flow.Supervise.NOTHING, Flow.Supervise.NOTHING, 0, false);
            parts.add(new Part.ValueOf(stream.source()));
            parts.add(new Part.ValueOf(stream.journal()));
            parts.add(new Part.Int64(stream.number()));
            parts.add(new Part.Int64(stream.terminal() ? 1 : 0));
        }
        return new Argument.Block(parts, "");
    }

    private Entry jump(String purpose) {
        return add(Entry.GOTO, purpose);
    }

    private void plain(byte operation, Argument argument, String purpose) {
        Entry.Operand operand = operand(argument, purpose);
        add(operation, purpose).set(0, operand);
    }

    private Entry call(Call call, String purpose) {
        int number = call.syscall().number(architecture);
        if (number < 0) {
            throw new IllegalArgumentException(call.syscall().kernelName() + " does not exist on " + architecture);
        }
        Entry entry = new Entry(Entry.CALL);
        entry.call = number;
        for (int i = 0; i < call.arguments().size(); i++) {
            entry.set(i, operand(call.arguments().get(i), purpose));
        }
        call.result().ifPresent(slot -> entry.store = data.slot(slot));
        return add(entry, purpose);
    }

    private Entry.Operand operand(Argument argument, String purpose) {
        return switch (argument) {
            case Argument.Word word -> new Entry.Operand(Entry.IMMEDIATE, word.value());
            case Argument.Text text -> new Entry.Operand(Entry.ADDRESS, data.text(text.text()));
            case Argument.Value(Slot slot) -> value(slot);
            case Argument.Address(Slot.Result slot) -> new Entry.Operand(Entry.ADDRESS, data.slot(slot));
            case Argument.Block block -> new Entry.Operand(Entry.ADDRESS, block(block, purpose));
        };
    }

    private Entry.Operand value(Slot slot) {
        return switch (slot) {
            case Slot.Fixed fixed -> new Entry.Operand(Entry.IMMEDIATE, fixed.number());
            case Slot.Result result -> {
                if (!data.knows(result)) {
                    throw new IllegalArgumentException("used before it is filled: " + result.name());
                }
                yield new Entry.Operand(Entry.LOAD, data.slot(result));
            }
        };
    }

    /** Lays a structure out; what is known only when the list runs is set by entries before the call. */
    private int block(Argument.Block block, String purpose) {
        int start = data.reserve(block.parts());
        int at = start;
        for (Part part : block.parts()) {
            switch (part) {
                case Part.Int64(long value) -> data.putLong(at, value);
                case Part.Bytes(ByteBuffer bytes) -> data.putBytes(at, bytes);
                case Part.AddressOf(Slot.Result slot) -> data.putPointer(at, data.slot(slot));
                case Part.Pointer(Argument target) ->
                    data.putPointer(at, (int) operand(target, purpose).value());
                case Part.ValueOf(Slot.Fixed fixed) -> data.putLong(at, fixed.number());
                case Part.ValueOf(Slot slot) -> {
                    Entry set = add(Entry.SET, purpose);
                    set.set(0, value(slot));
                    set.store = at;
                }
            }
            at += DataArea.bytes(part);
        }
        return start;
    }

    private Entry add(byte operation, String purpose) {
        return add(new Entry(operation), purpose);
    }

    private Entry add(Entry entry, String purpose) {
        entries.add(entry);
        purposes.add(purpose);
        return entry;
    }

    /** The whole file. */
    public byte[] bytes(Slot report) {
        if (!(report instanceof Slot.Fixed fixed)) {
            throw new IllegalArgumentException("the report pipe is known beforehand");
        }
        List<Integer> relocations = data.relocations();
        int relocationsAt = HEADER_BYTES + entries.size() * Entry.BYTES;
        int dataAt = (relocationsAt + relocations.size() * Integer.BYTES + 7) & ~7;
        ByteBuffer file = ByteBuffer.allocate(dataAt + data.size()).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(MAGIC)
                .putInt(architecture.auditNumber())
                .putInt(entries.size())
                .putInt(relocations.size())
                .putInt(data.size())
                .putInt(fixed.number())
                .putInt(0);
        entries.forEach(entry -> entry.put(file));
        relocations.forEach(file::putInt);
        file.position(dataAt);
        data.put(file);
        return file.array();
    }
}
