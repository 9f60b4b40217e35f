package dev.priok.init;

import dev.priok.linux.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Steps that change what the process itself is and may do. */
public sealed interface ProcessStep extends SystemCall {
    /** Finds the number of this process, as its own pid namespace has it. */
    record Getpid(Slot result) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.GETPID).keptIn(result);
        }
    }

    record Setsid() implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.SETSID);
        }
    }

    /** Joins the namespaces of an open file or process; CLONE_NEW flags say which. */
    record Setns(Slot namespace, long flags) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.SETNS, namespace, Flags.word(flags, () -> Flags.clone(flags)));
        }
    }

    record Unshare(long flags) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.UNSHARE, Flags.word(flags, () -> Flags.clone(flags)));
        }
    }

    /** Sets one thing of this process; see prctl(2). {@code name} is the option's for printing. */
    record Prctl(String name, int option, long second, long third) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.PRCTL, new Argument.Word(option, name), second, third, 0, 0);
        }
    }

    /** Sets how ps(1) calls this process. */
    record SetName(String name) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.PRCTL, new Argument.Word(15, "PR_SET_NAME"), name);
        }
    }

    /** Blocks every signal that can be. */
    record BlockSignals() implements ProcessStep {
        @Override
        public Call call() {
            var all = new Argument.Block(List.of(new Argument.Part.Int64(-1)), "~[]");
            return Call.of(Syscall.RT_SIGPROCMASK, Flags.word(2, "SIG_SETMASK"), all, 0, 8);
        }
    }

    record Sethostname(String name) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.SETHOSTNAME, name, name.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    record Setdomainname(String name) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.SETDOMAINNAME, name, name.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    /** Sets a limit; -1 is none. */
    record Prlimit(String name, int resource, long soft, long hard) implements ProcessStep {
        @Override
        public Call call() {
            var limit = new Argument.Block(
                    List.of(new Argument.Part.Int64(soft), new Argument.Part.Int64(hard)),
                    "{" + amount(soft) + ", " + amount(hard) + "}");
            return Call.of(Syscall.PRLIMIT64, 0, new Argument.Word(resource, name), limit, 0);
        }

        private static String amount(long value) {
            return value == -1 ? "RLIM_INFINITY" : Long.toUnsignedString(value);
        }
    }

    /** Joins a new session keyring of this name. */
    record JoinSessionKeyring(String name) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.KEYCTL, new Argument.Word(1, "KEYCTL_JOIN_SESSION_KEYRING"), name);
        }
    }

    record Umask(int mask) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.UMASK, Flags.mode(mask));
        }
    }

    record Setgroups(List<Integer> groups) implements ProcessStep {
        public Setgroups {
            groups = List.copyOf(groups);
        }

        @Override
        public Call call() {
            ByteBuffer ids = ByteBuffer.allocate(Integer.BYTES * groups.size()).order(ByteOrder.nativeOrder());
            groups.forEach(ids::putInt);
            return Call.of(
                    Syscall.SETGROUPS,
                    groups.size(),
                    new Argument.Block(List.of(new Argument.Part.Bytes(ids.array())), groups.toString()));
        }
    }

    record Setresgid(int gid) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.SETRESGID, gid, gid, gid);
        }
    }

    record Setresuid(int uid) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.SETRESUID, uid, uid, uid);
        }
    }

    /** Sets the capabilities of this process; a bit for each. */
    record Capset(long effective, long permitted, long inheritable) implements ProcessStep {
        private static final int VERSION_3 = 0x20080522;

        @Override
        public Call call() {
            ByteBuffer header =
                    ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putInt(VERSION_3);
            ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
            for (int half = 0; half < 2; half++) {
                data.putInt((int) (effective >>> (32 * half)));
                data.putInt((int) (permitted >>> (32 * half)));
                data.putInt((int) (inheritable >>> (32 * half)));
            }
            return Call.of(
                    Syscall.CAPSET,
                    new Argument.Block(List.of(new Argument.Part.Bytes(header.array())), "{3}"),
                    new Argument.Block(
                            List.of(new Argument.Part.Bytes(data.array())),
                            () -> "{effective=%#x, permitted=%#x, inheritable=%#x}"
                                    .formatted(effective, permitted, inheritable)));
        }
    }

    /** Installs a filter of system calls: {@code struct sock_filter[]} and SECCOMP_FILTER_FLAG_ flags. */
    record Seccomp(ByteBuffer program, int flags) implements ProcessStep {
        private static final int INSTRUCTION_BYTES = 8;

        public Seccomp {
            program = program.asReadOnlyBuffer();
        }

        @Override
        public Call call() {
            int instructions = program.remaining() / INSTRUCTION_BYTES;
            var filter = new Argument.Block(
                    List.of(
                            new Argument.Part.Int64(instructions),
                            new Argument.Part.Pointer(
                                    new Argument.Block(List.of(new Argument.Part.Bytes(program)), "filter"))),
                    "{" + instructions + " instructions}");
            return Call.of(Syscall.SECCOMP, Flags.word(1, "SECCOMP_SET_MODE_FILTER"), flags, filter);
        }
    }

    /** Sets the priority of reads and writes: class shifted by 13, and level. */
    record IoprioSet(int priority) implements ProcessStep {
        @Override
        public Call call() {
            return Call.of(Syscall.IOPRIO_SET, Flags.word(1, "IOPRIO_WHO_PROCESS"), 0, priority);
        }
    }

    /** Waits for a child to end; the low 32 bits of {@code status} are then its status as wait(2) tells it. */
    record Wait4(Slot child, Slot.Result status) implements ProcessStep {
        private static final int WALL = 0x40000000;

        @Override
        public Call call() {
            return Call.of(Syscall.WAIT4, child, new Argument.Address(status), Flags.word(WALL, "__WALL"), 0);
        }
    }

    /** Executes a program. */
    record Execve(String path, List<String> arguments, List<String> environment) implements ProcessStep {
        public Execve {
            arguments = List.copyOf(arguments);
            environment = List.copyOf(environment);
        }

        @Override
        public Call call() {
            return Call.of(
                    Syscall.EXECVE,
                    path,
                    pointers(arguments, arguments.toString()),
                    pointers(environment, "/* " + environment.size() + " vars */"));
        }

        private static Argument pointers(List<String> texts, String shown) {
            List<Argument.Part> parts = new ArrayList<>();
            texts.forEach(text -> parts.add(new Argument.Part.Pointer(new Argument.Text(text))));
            parts.add(new Argument.Part.Int64(0));
            return new Argument.Block(parts, shown);
        }
    }
}
