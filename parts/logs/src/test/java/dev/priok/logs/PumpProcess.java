package dev.priok.logs;

import dev.priok.linux.Fd;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A process that pumps two pipes until they end, to be killed: folder, then the descriptors of both pipes and both journals. */
final class PumpProcess {
    private PumpProcess() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Journals journals = Journals.adopt(
                folder, Map.of(LogStream.STDOUT, inherited(args[3]), LogStream.STDERR, inherited(args[4])));
        List<Output.Source> sources = List.of(
                new Output.Source(LogStream.STDOUT, inherited(args[1]), false),
                new Output.Source(LogStream.STDERR, inherited(args[2]), false));
        try (OutputPump pump = OutputPump.start(InstantSource.system());
                LogDriver driver = open(folder)) {
            pump.add(new Output("c", sources, Optional.of(journals), driver, new Fanout()))
                    .drained()
                    .get();
        }
    }

    private static Fd inherited(String number) {
        return Fd.of(Integer.parseInt(number));
    }

    static LogDriver open(Path folder) {
        LogSubject subject = new LogSubject("c", "c", "", "", List.of(), Map.of(), List.of());
        LogConfig config = new LogConfig("json-file", Map.of("max-size", "150k", "max-file", "900"));
        return LogDrivers.open(config, subject, folder, InstantSource.system());
    }
}
