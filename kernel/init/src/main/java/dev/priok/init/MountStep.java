package dev.priok.init;

import dev.priok.linux.MountAttribute;
import dev.priok.linux.Syscall;
import java.util.List;

/** Steps that mount: the calls of Linux 5.2 and the old ones. */
public sealed interface MountStep extends SystemCall {
    /** A context for a new file system; see fsopen(2). */
    record Fsopen(Slot result, String type) implements MountStep {
        @Override
        public Call call() {
            return Call.of(Syscall.FSOPEN, type, Flags.word(1, "FSOPEN_CLOEXEC"))
                    .keptIn(result);
        }
    }

    /** Sets a parameter of a context to a text. */
    record FsconfigString(Slot context, String key, String value) implements MountStep {
        @Override
        public Call call() {
            return Call.of(Syscall.FSCONFIG, context, Flags.word(1, "FSCONFIG_SET_STRING"), key, value, 0);
        }
    }

    /** Sets a parameter of a context that has no value. */
    record FsconfigFlag(Slot context, String key) implements MountStep {
        @Override
        public Call call() {
            return Call.of(Syscall.FSCONFIG, context, Flags.word(0, "FSCONFIG_SET_FLAG"), key, 0, 0);
        }
    }

    /** Sets a parameter of a context to an open file. */
    record FsconfigFd(Slot context, String key, Slot value) implements MountStep {
        @Override
        public Call call() {
            return Call.of(Syscall.FSCONFIG, context, Flags.word(5, "FSCONFIG_SET_FD"), key, 0, value);
        }
    }

    /** Makes the file system of a context. */
    record FsconfigCreate(Slot context) implements MountStep {
        @Override
        public Call call() {
            return Call.of(Syscall.FSCONFIG, context, Flags.word(6, "FSCONFIG_CMD_CREATE"), 0, 0, 0);
        }
    }

    /** A detached mount of the file system of a context, with MOUNT_ATTR_ flags. */
    record Fsmount(Slot result, Slot context, int attributes) implements MountStep {
        @Override
        public Call call() {
            return Call.of(
                            Syscall.FSMOUNT,
                            context,
                            Flags.word(1, "FSMOUNT_CLOEXEC"),
                            Flags.word(attributes, () -> Flags.mountAttributes(attributes)))
                    .keptIn(result);
        }
    }

    /** A detached copy of what is mounted at a path, for binding it elsewhere; an empty path means {@code directory} itself. */
    record OpenTree(Slot result, Slot directory, String path, boolean recursive) implements MountStep {
        private static final int CLONE_CLOEXEC = 0x80001;
        private static final int AT_EMPTY_PATH = 0x1000;
        private static final int AT_RECURSIVE = 0x8000;

        @Override
        public Call call() {
            int flags = CLONE_CLOEXEC | (path.isEmpty() ? AT_EMPTY_PATH : 0) | (recursive ? AT_RECURSIVE : 0);
            return Call.of(Syscall.OPEN_TREE, directory, path, Flags.word(flags, this::shown))
                    .keptIn(result);
        }

        private String shown() {
            return "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC" + (path.isEmpty() ? "|AT_EMPTY_PATH" : "")
                    + (recursive ? "|AT_RECURSIVE" : "");
        }
    }

    /** Attaches a detached mount on an open file or folder. */
    record MoveMount(Slot mount, Slot target) implements MountStep {
        @Override
        public Call call() {
            return Call.of(
                    Syscall.MOVE_MOUNT,
                    mount,
                    "",
                    target,
                    "",
                    Flags.word(0x44, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH"));
        }
    }

    /** Changes a mount that is open: MOUNT_ATTR_ flags to set and to clear, and MS_ propagation or 0. */
    record MountSetattr(Slot mount, boolean recursive, long set, long clear, long propagation) implements MountStep {
        private static final int ATTRIBUTE_BYTES = 32;

        @Override
        public Call call() {
            var attributes = new Argument.Block(
                    List.of(
                            new Argument.Part.Int64(set),
                            new Argument.Part.Int64(clear),
                            new Argument.Part.Int64(propagation),
                            new Argument.Part.Int64(0)),
                    () -> "{" + Flags.mountAttributes((int) set)
                            + (clear == 0 ? "" : ", ~" + Flags.mountAttributes((int) clear))
                            + (propagation == 0 ? "" : ", " + Flags.mount(propagation)) + "}");
            return Call.of(
                    Syscall.MOUNT_SETATTR,
                    mount,
                    "",
                    recursive ? Flags.word(0x9000, "AT_EMPTY_PATH|AT_RECURSIVE") : Flags.word(0x1000, "AT_EMPTY_PATH"),
                    attributes,
                    ATTRIBUTE_BYTES);
        }
    }

    /** Makes the owners of files in an open, detached mount appear as the mapping of a user namespace has them. */
    record MapOwners(Slot mount, boolean recursive, Slot userNamespace) implements MountStep {
        private static final int ATTRIBUTE_BYTES = 32;

        @Override
        public Call call() {
            var attributes = new Argument.Block(
                    List.of(
                            new Argument.Part.Int64(MountAttribute.IDMAP),
                            new Argument.Part.Int64(0),
                            new Argument.Part.Int64(0),
                            new Argument.Part.ValueOf(userNamespace)),
                    () -> "{IDMAP, " + userNamespace.name() + "}");
            return Call.of(
                    Syscall.MOUNT_SETATTR,
                    mount,
                    "",
                    recursive ? Flags.word(0x9000, "AT_EMPTY_PATH|AT_RECURSIVE") : Flags.word(0x1000, "AT_EMPTY_PATH"),
                    attributes,
                    ATTRIBUTE_BYTES);
        }
    }

    /** The old call; an empty text is passed as no address, which saves the kernel a page. */
    record Mount(String source, String target, String type, long flags, String data) implements MountStep {
        @Override
        public Call call() {
            return Call.of(
                    Syscall.MOUNT,
                    orNull(source),
                    target,
                    orNull(type),
                    Flags.word(flags, () -> Flags.mount(flags)),
                    orNull(data));
        }

        private static Argument orNull(String text) {
            return text.isEmpty() ? new Argument.Word(0, "NULL") : new Argument.Text(text);
        }
    }

    /** Unmounts; {@code detach} lets those who use it go on. */
    record Umount2(String target, boolean detach) implements MountStep {
        @Override
        public Call call() {
            return Call.of(Syscall.UMOUNT2, target, detach ? Flags.word(2, "MNT_DETACH") : Flags.word(0, "0"));
        }
    }

    record PivotRoot(String newRoot, String putOld) implements MountStep {
        @Override
        public Call call() {
            return Call.of(Syscall.PIVOT_ROOT, newRoot, putOld);
        }
    }
}
