package dev.priok.logs.internal;

import dev.priok.logs.LogBatch;
import dev.priok.logs.LogCursor;
import dev.priok.logs.LogDriver;
import dev.priok.logs.LogQuery;
import dev.priok.logs.LogSubject;
import dev.priok.logs.Overflow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A log that is sent elsewhere. It is written into a cache on this machine's disk first, and a thread of its own sends what is in
 * the cache: a server that is slow or away holds up neither container nor pump, {@code docker logs} works, and a daemon that is
 * killed goes on where the last note of its place says. Each line is sent at least once, unless the cache went around before it
 * could be sent; that is counted and told.
 */
public final class ForwardedDriver implements LogDriver {
    /** Options that every such driver has. */
    static final Set<String> NAMES = names();

    private final FileDriver cache;
    private final Forwarder forwarder;
    private final boolean readable;

    private ForwardedDriver(FileDriver cache, Forwarder forwarder, boolean readable) {
        this.cache = cache;
        this.forwarder = forwarder;
        this.readable = readable;
    }

    private static Set<String> names() {
        Set<String> names = new HashSet<>(DeliveryOptions.NAMES);
        names.add("cache-disabled");
        FileOptions.NAMES.forEach(name -> names.add("cache-" + name));
        return Set.copyOf(names);
    }

    /** Checks the options of syslog. */
    public static void checkSyslog(Map<String, String> options) {
        SyslogSink.check(options);
        check(options);
    }

    /** Checks the options of journald. */
    public static void checkJournald(Map<String, String> options) {
        JournaldSink.check(options);
        check(options);
    }

    private static void check(Map<String, String> options) {
        Optional<Overflow> _ = DeliveryOptions.parse(options);
        Attributes.check(options);
        OptionText.bool("cache-disabled", options.getOrDefault("cache-disabled", "false"));
        FileOptions.parse(options, "cache-", FileOptions.LOCAL);
    }

    /** Opens the log of one container that goes to syslog. */
    public static ForwardedDriver syslog(
            Map<String, String> options, LogSubject subject, Path folder, InstantSource clock) {
        return open(SyslogSink.of(options, subject), options, subject, folder, clock);
    }

    /** Opens the log of one container that goes to systemd's journal. */
    public static ForwardedDriver journald(
            Map<String, String> options, LogSubject subject, Path folder, InstantSource clock) {
        return open(JournaldSink.of(options, subject), options, subject, folder, clock);
    }

    static ForwardedDriver open(
            LogSink sink, Map<String, String> options, LogSubject subject, Path folder, InstantSource clock) {
        FileDriver cache = FileDriver.cache(options, subject, folder, clock);
        return new ForwardedDriver(
                cache,
                new Forwarder(cache, sink, folder.resolve("container-forwarded"), subject.id()),
                !OptionText.bool("cache-disabled", options.getOrDefault("cache-disabled", "false")));
    }

    @Override
    public void begin() throws IOException {
        cache.begin();
        forwarder.begin();
    }

    @Override
    public void write(LogBatch batch, Marks marks) throws IOException {
        cache.write(batch, marks);
    }

    @Override
    public Mark mark() throws IOException {
        return cache.mark();
    }

    @Override
    public Behind recover(Mark mark) throws IOException {
        return cache.recover(mark);
    }

    @Override
    public Optional<Overflow> overflow() {
        return cache.overflow();
    }

    @Override
    public void finish() {
        cache.finish();
    }

    @Override
    public Optional<LogCursor> read(LogQuery query) throws IOException {
        return readable ? cache.read(query) : Optional.empty();
    }

    @Override
    public Optional<Path> path() {
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        cache.finish();
        forwarder.close();
        cache.close();
    }
}
