package dev.priok.init;

import dev.priok.linux.Architecture;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Fd;
import dev.priok.linux.Spawn;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Starts processes that perform a {@link Program}. Holds priok-init in a sealed memory file, so that nothing on disk is executed
 * and nobody, a container's root included, can change what is (CVE-2019-5736).
 */
public final class Launcher implements AutoCloseable {
    private final Fd init;

    private Launcher(Fd init) {
        this.init = init;
    }

    public static Launcher open() throws IOException {
        return new Launcher(sealed("priok-init", binary(Architecture.current())));
    }

    /** The program for an architecture, as it is committed. */
    public static byte[] binary(Architecture architecture) throws IOException {
        String name = "priok-init-" + architecture.name().toLowerCase(Locale.ROOT);
        try (InputStream in = Launcher.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("this build lacks " + name);
            }
            return in.readAllBytes();
        }
    }

    /**
     * Starts a process; blocks until it is executed, about a millisecond.
     *
     * @param name how ps(1) shows its command line, besides a number
     * @param inherited descriptors that keep their numbers; the program must close what else this JVM leaks
     * @return the number of the process, a child of this one that must be reaped
     */
    public int launch(Program program, String name, List<Fd> inherited) throws IOException {
        try (Fd file = sealed("priok-program", program.bytes())) {
            List<Fd> all = new ArrayList<>(inherited);
            all.add(file);
            return Spawn.start(init, List.of(name, Integer.toString(file.number())), all);
        }
    }

    private static Fd sealed(String name, byte[] content) throws IOException {
        Fd file = DescriptorCalls.host().memoryFile(name);
        try {
            DescriptorCalls.host().writeAll(file, content);
            DescriptorCalls.host().seal(file);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public void close() {
        init.close();
    }
}
