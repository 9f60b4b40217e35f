package dev.priok.linux.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.Architecture;
import dev.priok.linux.Syscall;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DefaultProfileTest {
    private static final int ALLOW = 0x7fff0000;
    private static final int EPERM = 0x00050001;
    private static final int ENOSYS = 0x00050026;
    private static final int X86_64 = 0xC000003E;
    private static final int I386 = 0x40000003;
    private static final KernelVersion KERNEL = new KernelVersion(6, 1);
    private static final Set<String> USUAL = Set.of("CAP_CHOWN", "CAP_SYS_CHROOT");
    private static final long CLONE_NEWUSER = 0x10000000;

    private static int ask(Set<String> capabilities, Syscall call, long... first) {
        byte[] filter = DefaultProfile.compiled(capabilities, Architecture.X86_64, KERNEL);
        return new FilterMachine(filter).run(X86_64, call.number(Architecture.X86_64), six(first));
    }

    private static long[] six(long... first) {
        return java.util.Arrays.copyOf(first, 6);
    }

    @Test
    void usualContainer_mayDoWhatDockersMay() {
        for (Syscall call : List.of(Syscall.READ, Syscall.EXECVE, Syscall.CHROOT, Syscall.PTRACE, Syscall.ARCH_PRCTL)) {
            assertEquals(ALLOW, ask(USUAL, call), call.kernelName());
        }
        for (Syscall call : List.of(
                Syscall.MOUNT,
                Syscall.UNSHARE,
                Syscall.SETNS,
                Syscall.BPF,
                Syscall.KEYCTL,
                Syscall.REBOOT,
                Syscall.IO_URING_SETUP,
                Syscall.USERFAULTFD,
                Syscall.INIT_MODULE,
                Syscall.OPEN_BY_HANDLE_AT)) {
            assertEquals(EPERM, ask(USUAL, call), call.kernelName());
        }
    }

    @Test
    void conditions_holdAsDockers() {
        assertEquals(ALLOW, ask(USUAL, Syscall.SOCKET, 2));
        assertEquals(EPERM, ask(USUAL, Syscall.SOCKET, 38));
        assertEquals(ALLOW, ask(USUAL, Syscall.SOCKET, 39));
        assertEquals(EPERM, ask(USUAL, Syscall.SOCKET, 40));
        assertEquals(ALLOW, ask(USUAL, Syscall.SOCKET, 41));
        assertEquals(ALLOW, ask(USUAL, Syscall.CLONE, 0x11));
        assertEquals(EPERM, ask(USUAL, Syscall.CLONE, 0x11 | CLONE_NEWUSER));
        assertEquals(ENOSYS, ask(USUAL, Syscall.CLONE3));
        assertEquals(ALLOW, ask(USUAL, Syscall.PERSONALITY, 0xFFFFFFFFL));
        assertEquals(EPERM, ask(USUAL, Syscall.PERSONALITY, 4));
    }

    @Test
    void capabilities_openMore() {
        Set<String> admin = Set.of("CAP_SYS_ADMIN", "CAP_SYS_BOOT");
        assertEquals(ALLOW, ask(admin, Syscall.MOUNT));
        assertEquals(ALLOW, ask(admin, Syscall.CLONE, CLONE_NEWUSER));
        assertEquals(ALLOW, ask(admin, Syscall.CLONE3));
        assertEquals(ALLOW, ask(admin, Syscall.REBOOT));
        assertEquals(EPERM, ask(admin, Syscall.CHROOT));
    }

    @Test
    void oldKernel_keepsTracersOut() {
        byte[] filter = DefaultProfile.compiled(USUAL, Architecture.X86_64, new KernelVersion(4, 7));
        assertEquals(EPERM, new FilterMachine(filter).run(X86_64, 101, six()));
    }

    @Test
    void otherConventions_areFilteredToo() {
        FilterMachine machine = new FilterMachine(DefaultProfile.compiled(USUAL, Architecture.X86_64, KERNEL));
        assertEquals(ALLOW, machine.run(I386, 3, six()), "read of i386");
        assertEquals(EPERM, machine.run(I386, 21, six()), "mount of i386");
        assertEquals(ALLOW, machine.run(X86_64, SeccompArchitecture.X32_BIT | 514, six()), "ioctl of x32");
        assertEquals(EPERM, machine.run(X86_64, SeccompArchitecture.X32_BIT | 165, six()), "mount of x32");
        assertEquals(ENOSYS, machine.run(X86_64, 500, six()));
        byte[] arm = DefaultProfile.compiled(USUAL, Architecture.AARCH64, KERNEL);
        assertEquals(ALLOW, new FilterMachine(arm).run(0xC00000B7, 63, six()), "read of aarch64");
        assertEquals(EPERM, new FilterMachine(arm).run(0xC00000B7, 40, six()), "mount of aarch64");
    }

    @Test
    void filter_isSmallShallowAndExact() {
        SeccompProfile profile = DefaultProfile.template().resolve(USUAL, Architecture.X86_64, KERNEL);
        FilterMachine machine = new FilterMachine(SeccompCompiler.compile(profile));
        assertTrue(machine.length() < 800, "instructions: " + machine.length());
        Random random = new Random(7);
        int deepest = 0;
        for (int number = 0; number < 600; number++) {
            for (int audit : List.of(X86_64, I386)) {
                long[] arguments = six(random.nextInt(64), random.nextLong());
                assertEquals(profile.evaluate(audit, number, arguments), machine.run(audit, number, arguments));
                deepest = Math.max(deepest, machine.steps());
            }
        }
        assertTrue(deepest < 40, "steps: " + deepest);
    }

    @Test
    void compiled_isKept() {
        assertSame(DefaultProfile.compiled(USUAL), DefaultProfile.compiled(Set.of("CAP_SYS_CHROOT", "CAP_CHOWN")));
    }

    @Test
    void everyName_isKnown() {
        for (SeccompTemplate.Entry entry : DefaultProfile.template().entries()) {
            for (String name : entry.rule().names()) {
                assertTrue(Syscall.named(name).isPresent(), name);
            }
        }
    }

    @Test
    void badText_isRefused() {
        for (String line : List.of(
                "forbid read", "allow socket if 0", "allow socket if 0 ~ 3", "allow clone if 0 & 3", "errno x read")) {
            assertThrows(IllegalArgumentException.class, () -> ProfileText.parse(List.of(line)), line);
        }
        assertThrows(IllegalArgumentException.class, () -> KernelVersion.parse("six"));
        assertEquals(new KernelVersion(6, 1), KernelVersion.parse("6.1.0-13-cloud-amd64"));
    }
}
