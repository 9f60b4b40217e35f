package dev.priok.cgroup.internal;

import dev.priok.cgroup.Cgroup.OomWatch;
import dev.priok.cgroup.OomListener;
import dev.priok.linux.DescriptorCalls;
import dev.priok.linux.Epoll;
import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.linux.Syscall;
import dev.priok.linux.SyscallException;
import dev.priok.linux.Syscalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that watches all groups for lack of memory: on v1 by an event descriptor that is registered with the group,
 * on v2 by the change of {@code memory.events}.
 */
final class OomWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(OomWatcher.class);
    private static final int EVENTFD_FLAGS = OpenFlag.CLOEXEC | OpenFlag.NONBLOCK;

    private final Map<Long, Watch> watches = new ConcurrentHashMap<>();
    private final AtomicLong keys = new AtomicLong();
    private @Nullable Epoll epoll;

    /** Watches a v1 group's directory on the memory hierarchy. */
    OomWatch watchLegacy(Path directory, ControlFiles files, OomListener listener) throws IOException {
        Fd event = eventDescriptor();
        try (Fd control =
                FileCalls.host().open(directory.resolve("memory.oom_control").toString(), OpenFlag.RDONLY)) {
            files.write(directory.resolve("cgroup.event_control"), event.number() + " " + control.number());
            return add(new LegacyWatch(event, directory.resolve("memory.oom_control"), files, listener));
        } catch (IOException | RuntimeException e) {
            event.close();
            throw e;
        }
    }

    /** Watches a v2 group. */
    OomWatch watchUnified(Path directory, OomListener listener) throws IOException {
        Fd events = FileCalls.host().open(directory.resolve("memory.events").toString(), OpenFlag.RDONLY);
        try {
            UnifiedWatch watch = new UnifiedWatch(events, listener);
            // Reading arms the file: a change from here on is told.
            watch.kills();
            return add(watch);
        } catch (IOException | RuntimeException e) {
            events.close();
            throw e;
        }
    }

    private static Fd eventDescriptor() throws SyscallException {
        long fd = Syscalls.host().call(Syscall.EVENTFD2, 0, EVENTFD_FLAGS);
        if (fd < 0) {
            throw new SyscallException("eventfd2", Errno.of((int) -fd));
        }
        return Fd.of((int) fd);
    }

    private synchronized Epoll started() throws IOException {
        if (epoll == null) {
            Epoll made = new Epoll();
            epoll = made;
            Thread.ofPlatform().name("oom-watcher").daemon().start(() -> run(made));
        }
        return epoll;
    }

    private void run(Epoll poll) {
        try {
            while (true) {
                poll.await(-1, (key, _) -> {
                    Watch watch = watches.get(key);
                    if (watch != null && !watch.tell()) {
                        watch.close();
                    }
                });
            }
        } catch (IOException e) {
            LOG.error("the watch for groups that run out of memory has ended", e);
        }
    }

    private OomWatch add(Watch watch) throws IOException {
        Epoll poll = started();
        watches.put(watch.key, watch);
        poll.add(watch.fd, watch.interest, watch.key);
        return watch;
    }

    private abstract class Watch implements OomWatch {
        final long key = keys.incrementAndGet();
        final Fd fd;
        final int interest;
        private final OomListener listener;

        Watch(Fd fd, int interest, OomListener listener) {
            this.fd = fd;
            this.interest = interest;
            this.listener = listener;
        }

        /** Looks what happened; -1: the group is gone, empty: nothing to tell. */
        abstract OptionalLong look() throws IOException;

        /** False when the group is gone. */
        boolean tell() {
            OptionalLong kills;
            synchronized (this) {
                if (!fd.isOpen()) {
                    return true;
                }
                try {
                    kills = look();
                } catch (IOException e) {
                    LOG.warn("a group is no longer watched for lack of memory", e);
                    return false;
                }
            }
            if (kills.isPresent() && kills.getAsLong() < 0) {
                return false;
            }
            try {
                kills.ifPresent(listener::outOfMemory);
            } catch (RuntimeException e) {
                LOG.error("a listener failed", e);
            }
            return true;
        }

        @Override
        public void close() {
            watches.remove(key);
            synchronized (this) {
                // The descriptor is nobody else's copy: closing it takes it out of the epoll set as well.
                fd.close();
            }
        }
    }

    private final class LegacyWatch extends Watch {
        private final Path control;
        private final ControlFiles files;
        private final ByteBuffer count = ByteBuffer.allocateDirect(Long.BYTES);

        LegacyWatch(Fd event, Path control, ControlFiles files, OomListener listener) {
            super(event, Epoll.IN, listener);
            this.control = control;
            this.files = files;
        }

        @Override
        OptionalLong look() throws IOException {
            DescriptorCalls.host().read(fd, count.clear());
            // The kernel signals once more when the group is removed.
            return files.read(control)
                    .map(text -> OptionalLong.of(Texts.keyed(text).getOrDefault("oom_kill", 0L)))
                    .orElse(OptionalLong.of(-1));
        }
    }

    private final class UnifiedWatch extends Watch {
        private static final int EVENTS_BYTES = 1024;

        private final ByteBuffer text = ByteBuffer.allocateDirect(EVENTS_BYTES);
        private long known;

        UnifiedWatch(Fd events, OomListener listener) {
            super(events, Epoll.PRI, listener);
        }

        private long kills() throws SyscallException {
            DescriptorCalls.host().pread(fd, text.clear(), 0);
            long kills = Texts.keyed(
                            StandardCharsets.US_ASCII.decode(text.flip()).toString())
                    .getOrDefault("oom_kill", 0L);
            known = Math.max(known, kills);
            return kills;
        }

        @Override
        OptionalLong look() throws IOException {
            long before = known;
            try {
                long kills = kills();
                return kills > before ? OptionalLong.of(kills) : OptionalLong.empty();
            } catch (SyscallException e) {
                if (e.errno() == Errno.ENODEV) {
                    return OptionalLong.of(-1);
                }
                throw e;
            }
        }
    }
}
