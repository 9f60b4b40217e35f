package dev.priok.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Loop devices: block devices whose blocks are those of a file; see loop(4). */
public final class LoopCalls extends Calls {
    private static final LoopCalls HOST = new LoopCalls(Syscalls.host());

    private static final String CONTROL = "/dev/loop-control";
    private static final int LOOP_CONFIGURE = 0x4C0A;
    private static final int LOOP_CTL_GET_FREE = 0x4C82;
    private static final int LO_FLAGS_AUTOCLEAR = 4;
    private static final int BYTES_OF_CONFIG = 304;
    private static final int FLAGS_AT = 60;
    private static final int NAME_AT = 64;
    private static final int NAME_BYTES = 64;

    /** Others may take the free device that the kernel named. */
    private static final int MAXIMUM_RACES = 64;

    public LoopCalls(Syscalls sys) {
        super(sys);
    }

    public static LoopCalls host() {
        return HOST;
    }

    /**
     * A device with a file behind it, which lets go of the file when nobody has it open or mounted any more.
     *
     * @param path such as {@code /dev/loop0}
     * @param held keeps it until it is mounted
     */
    public record Device(String path, Fd held) implements AutoCloseable {
        @Override
        public void close() {
            held.close();
        }
    }

    /**
     * Puts a file, open for reading and writing, behind a free device.
     *
     * @param name of the file, for who lists the devices; the kernel keeps 63 bytes
     */
    public Device attach(Fd file, String name) throws SyscallException {
        ByteBuffer config = ByteBuffer.allocate(BYTES_OF_CONFIG).order(ByteOrder.nativeOrder());
        config.putInt(0, file.number());
        config.putInt(FLAGS_AT, LO_FLAGS_AUTOCLEAR);
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        config.put(NAME_AT, text, 0, Math.min(text.length, NAME_BYTES - 1));
        FileCalls files = FileCalls.host();
        try (Fd control = files.open(CONTROL, OpenFlag.RDWR)) {
            for (int i = 0; i < MAXIMUM_RACES; i++) {
                String path = "/dev/loop" + call(CONTROL, Syscall.IOCTL, control, LOOP_CTL_GET_FREE, 0);
                Fd device = files.open(path, OpenFlag.RDWR);
                long result = raw(Syscall.IOCTL, device, LOOP_CONFIGURE, config.array());
                if (result >= 0) {
                    return new Device(path, device);
                }
                device.close();
                if (result != -Errno.EBUSY.code()) {
                    throw failed(Syscall.IOCTL, path, result);
                }
            }
        }
        throw new SyscallException("attaching " + name + " to a loop device", Errno.EBUSY);
    }
}
