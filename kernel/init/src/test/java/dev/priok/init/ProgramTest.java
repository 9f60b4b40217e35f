package dev.priok.init;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.priok.linux.Architecture;
import dev.priok.linux.Errno;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Resolve;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgramTest {
    private static final int HEADER = 32;
    private static final int ENTRY = 80;
    private static final Slot REPORT = Slot.fixed("report", 7);

    private static ByteBuffer encode(Steps steps, Architecture architecture) {
        return ByteBuffer.wrap(Program.of(steps, REPORT, architecture).bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Steps steps() {
        return new Steps("testing");
    }

    @Test
    void encode_oneCall_isLaidOutAsTheHeaderSays() {
        ByteBuffer file =
                encode(steps().add(new FileStep.Mkdirat(Slot.fixed("dir", 5), "name", 0755)), Architecture.X86_64);
        assertEquals(
                ".PRIOKT1", StandardCharsets.US_ASCII.decode(file.slice(0, 8)).toString());
        assertEquals(Architecture.X86_64.auditNumber(), file.getInt(8));
        assertEquals(2, file.getInt(12), "the call, and the end");
        assertEquals(0, file.getInt(16), "relocations");
        assertEquals(7, file.getInt(24), "report");
        assertEquals(258, file.getShort(HEADER + 2), "mkdirat");
        byte[] tags = new byte[6];
        file.get(HEADER + 4, tags);
        assertArrayEquals(new byte[] {0, 1, 0, 0, 0, 0}, tags);
        assertEquals(5, file.getLong(HEADER + 32));
        assertEquals(0755, file.getLong(HEADER + 48));
        int data = HEADER + 2 * ENTRY + (int) file.getLong(HEADER + 40);
        assertEquals(
                "name", StandardCharsets.US_ASCII.decode(file.slice(data, 4)).toString());
        assertEquals(0, file.get(data + 4));
        assertEquals(file.capacity(), HEADER + 2 * ENTRY + file.getInt(20));
    }

    @Test
    void encode_otherArchitecture_hasItsNumbers() {
        ByteBuffer file = encode(steps().add(new ProcessStep.Setsid()), Architecture.AARCH64);
        assertEquals(157, file.getShort(HEADER + 2));
    }

    @Test
    void encode_result_isLoadedLater() {
        Slot opened = Slot.result("file");
        ByteBuffer file = encode(
                steps().add(new FileStep.OpenAt(opened, Slot.CURRENT_DIRECTORY, "/x", OpenFlag.RDONLY, 0))
                        .add(new FileStep.Close(opened)),
                Architecture.X86_64);
        int store = file.getInt(HEADER + 20);
        assertEquals(2, file.get(HEADER + ENTRY + 4), "a load");
        assertEquals(store, file.getLong(HEADER + ENTRY + 32));
        assertEquals(-1, file.getLong(HEADER + 3 * ENTRY + store), "no descriptor until it is filled");
        assertEquals(-100, file.getLong(HEADER + 32), "AT_FDCWD is extended with its sign");
    }

    @Test
    void encode_unfilledSlot_isRefused() {
        Steps steps = steps().add(new FileStep.Close(Slot.result("never")));
        assertThrows(IllegalArgumentException.class, () -> Program.of(steps, REPORT, Architecture.X86_64));
    }

    @Test
    void encode_pointersInStructures_areRelocated() {
        ByteBuffer file = encode(
                steps().add(new ProcessStep.Execve("/bin/x", List.of("x", "y"), List.of("A=b"))), Architecture.X86_64);
        assertEquals(3, file.getInt(16));
        int relocations = HEADER + 2 * ENTRY;
        int data = (relocations + 3 * 4 + 7) & ~7;
        long y = file.getLong(data + file.getInt(relocations + 4));
        assertEquals(
                "y",
                StandardCharsets.US_ASCII.decode(file.slice(data + (int) y, 1)).toString());
    }

    @Test
    void encode_branches_jumpForward() {
        Steps steps = steps().branch(
                        new FileStep.Mkdirat(Slot.CURRENT_DIRECTORY, "a", 0),
                        List.of(Errno.EEXIST, Errno.EROFS),
                        then -> then.add(new FileStep.Chdir("a")),
                        otherwise -> otherwise.add(new FileStep.Chdir("b")))
                .add(new ProcessStep.Setsid());
        ByteBuffer file = encode(steps, Architecture.X86_64);
        assertEquals(17, file.getShort(HEADER + 12));
        assertEquals(30, file.getShort(HEADER + 14));
        assertEquals(3, file.getInt(HEADER + 24), "to chdir b");
        assertEquals(4, file.getInt(HEADER + 2 * ENTRY + 24), "over chdir b");
        assertEquals(5, file.getInt(12) - 1);
    }

    @Test
    void encode_child_isBehindItsParent() {
        Slot.Result pid = new Slot.Result("pid");
        Steps steps = steps().add(new Flow.Clone(
                        0x20000000,
                        pid,
                        new Slot.Result("pidfd"),
                        Flow.Clone.NO_CGROUP,
                        steps().add(new ProcessStep.Setsid())))
                .add(new ProcessStep.BlockSignals());
        ByteBuffer file = encode(steps, Architecture.X86_64);
        assertEquals(3, file.get(HEADER + ENTRY), "clone");
        assertEquals(435, file.getShort(HEADER + ENTRY + 2));
        assertEquals(4, file.getInt(HEADER + ENTRY + 24));
        assertEquals(112, file.getShort(HEADER + 4 * ENTRY + 2), "setsid");
    }

    @Test
    void purposes_nameEntries() {
        Steps steps = steps().purpose("first")
                .add(new ProcessStep.Setsid())
                .purpose("second")
                .add(new ProcessStep.Setsid());
        Program program = Program.of(steps, REPORT, Architecture.X86_64);
        assertEquals("first", program.purposeOf(0));
        assertEquals("second", program.purposeOf(1));
        assertEquals("step 99", program.purposeOf(99));
    }

    @Test
    void describe_readsLikeStrace() {
        Slot proc = Slot.result("proc");
        Steps child = steps().add(new MountStep.Mount("", "/", "", 0x84000, ""))
                .tolerating(new FileStep.Mkdirat(Slot.fixed("root", 3), "proc", 0755), Errno.EEXIST)
                .branch(
                        new FileStep.OpenAt2(
                                proc,
                                Slot.fixed("root", 3),
                                "proc",
                                OpenFlag.PATH | OpenFlag.CLOEXEC,
                                0,
                                Resolve.INSIDE),
                        List.of(Errno.ENOENT),
                        then -> then.add(new MountStep.MountSetattr(proc, true, 1, 0, 0)),
                        otherwise -> otherwise.add(new Flow.Fail(Errno.ENOENT)))
                .noting(
                        new ProcessStep.Execve("/bin/sh", List.of("sh", "-c", "id"), List.of("SECRET=1")),
                        Errno.ENOENT);
        Steps steps = steps().add(new FileStep.CloseRange(4, FileStep.CloseRange.LAST, false))
                .add(new Flow.Attended(Slot.fixed("control", 4)))
                .add(new Flow.Clone(
                        0x20024000, new Slot.Result("pid"), new Slot.Result("pidfd"), Slot.fixed("cgroup", 9), child));
        assertEquals("""
                close_range(4, ~0, 0)
                attended(control)
                clone3({flags=CLONE_VFORK|CLONE_NEWNS|CLONE_NEWPID, pidfd=[pidfd], exit_signal=SIGCHLD, cgroup=cgroup}, 88) = pid
                  child:
                    mount(NULL, "/", NULL, MS_REC|MS_SLAVE, NULL)
                    mkdirat(root, "proc", 0755) or EEXIST
                    openat2(root, "proc", {O_CLOEXEC|O_PATH, RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT}, 24) = proc or ENOENT
                      then:
                        mount_setattr(proc, "", AT_EMPTY_PATH|AT_RECURSIVE, {RDONLY}, 32)
                      otherwise:
                        fail(ENOENT)
                    execve("/bin/sh", [sh, -c, id], /* 1 vars */) or ENOENT (noted)
                """, String.join("\n", Program.describe(steps)) + "\n");
    }

    @Test
    void report_isRead() {
        ByteBuffer in = ByteBuffer.allocate(Report.BYTES + 5).order(ByteOrder.nativeOrder());
        in.putInt(4).putInt(0).putLong(1792).putLong(99).flip();
        in.limit(Report.BYTES + 5);
        assertEquals(Optional.of(new Report(Report.Kind.EXITED, 0, 1792, 99)), Report.read(in));
        assertEquals(Optional.empty(), Report.read(in), "half a record is none");
        ByteBuffer bad =
                ByteBuffer.allocate(Report.BYTES).order(ByteOrder.nativeOrder()).putInt(0, 9);
        assertThrows(IllegalArgumentException.class, () -> Report.read(bad));
    }

    @Test
    void texts_withNul_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Argument.Text("a\0b"));
    }
}
