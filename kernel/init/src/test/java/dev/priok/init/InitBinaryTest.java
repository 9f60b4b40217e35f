package dev.priok.init;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.priok.linux.Architecture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitBinaryTest {
    private static final Path BUILD = Path.of("build.sh");

    @TempDir
    Path folder;

    @Test
    void build_sameCompiler_makesTheSameBytes() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/gcc")), "no gcc here");
        Process build = new ProcessBuilder("sh", BUILD.toString(), folder.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, build.waitFor(), output);
        List<String> here = Files.readAllLines(folder.resolve("COMPILERS"));
        List<String> committed;
        try (var in = Objects.requireNonNull(Launcher.class.getResourceAsStream("COMPILERS"))) {
            committed = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        List<String> same = here.stream().filter(committed::contains).toList();
        assumeTrue(!same.isEmpty(), "other compilers than " + committed);
        for (String line : same) {
            Architecture architecture =
                    Architecture.valueOf(line.substring(0, line.indexOf(':')).toUpperCase(java.util.Locale.ROOT));
            byte[] built = Files.readAllBytes(folder.resolve("priok-init-" + line.substring(0, line.indexOf(':'))));
            assertArrayEquals(built, Launcher.binary(architecture), line);
            byte[] reaper = Files.readAllBytes(folder.resolve("priok-reaper-" + line.substring(0, line.indexOf(':'))));
            assertArrayEquals(reaper, Reaper.binary(architecture), line);
        }
    }

    @Test
    void binaries_areSmallAndStatic() throws Exception {
        for (Architecture architecture : Architecture.values()) {
            byte[] elf = Launcher.binary(architecture);
            assertTrue(elf.length < 8192, architecture + ": " + elf.length);
            assertEquals(2, elf[16], "an executable, not a shared object");
            assertEquals(architecture == Architecture.X86_64 ? 62 : 183, elf[18] & 0xFF, "machine");
        }
    }

    @Test
    void aarch64_runsUnderQemu() throws Exception {
        Path qemu = Path.of("/usr/bin/qemu-aarch64-static");
        assumeTrue(Files.exists(qemu), "no qemu-user-static here");
        Path made = folder.resolve("made");
        Slot file = Slot.result("file");
        Steps steps = new Steps("testing")
                .tolerating(
                        new FileStep.Mkdirat(Slot.CURRENT_DIRECTORY, made.toString(), 0755),
                        dev.priok.linux.Errno.EEXIST)
                .add(new FileStep.OpenAt(file, Slot.CURRENT_DIRECTORY, made + "/x", 0x41, 0644))
                .add(new FileStep.Write(file, "from arm\n"))
                .add(new FileStep.Close(file))
                .add(new FileStep.Chdir("/nonesuch"));
        Path init = Files.write(folder.resolve("init"), Launcher.binary(Architecture.AARCH64));
        assertTrue(init.toFile().setExecutable(true));
        Runner.Outcome outcome = Runner.run(
                Architecture.AARCH64, List.of(qemu.toString(), init.toString()), steps, UnaryOperator.identity());
        assertEquals(127, outcome.exitCode());
        assertEquals("from arm\n", Files.readString(made.resolve("x")));
        Report failed = outcome.reports().getFirst();
        assertEquals(Report.Kind.FAILED, failed.kind());
        assertEquals(4, failed.index());
        assertEquals(2, failed.value());
    }
}
