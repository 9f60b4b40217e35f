package dev.priok.runtime.internal;

import dev.priok.core.Failure;
import dev.priok.init.Report;
import dev.priok.oci.OciJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a later daemon needs to recognise a monitor, kept as {@code monitor.json} in the state folder. Written before the monitor
 * exists, which itself adds its number to the events, so that none is ever lost; not synced, since no monitor outlives a power cut.
 *
 * @param id of the process
 * @param bootId of the boot that the numbers are of
 * @param controlPipe inode of the pipe of commands: the process that holds it under the number below is the monitor
 * @param descriptors what the monitor holds
 */
public record MonitorRecord(String id, String bootId, long controlPipe, Numbers descriptors) {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorRecord.class);

    static final String FILE = "monitor.json";
    static final String EVENTS = "events";

    /** A file of events holds three records; more than this is not one. */
    private static final int MOST_EVENTS_BYTES = 4096;

    /**
     * Descriptor numbers in the monitor; -1 for none.
     *
     * @param control its end of the pipe of commands
     * @param report its end of the pipe of reports
     * @param stdin write end
     * @param stdout read end
     * @param stderr read end
     * @param terminal master
     * @param journal1 journal of standard output or terminal
     * @param journal2 journal of standard error
     */
    public record Numbers(
            int control, int report, int stdin, int stdout, int stderr, int terminal, int journal1, int journal2) {}

    void write(Path state) throws IOException {
        Files.write(state.resolve(FILE), OciJson.write(this));
    }

    /** Reads it; empty when there is none, or half of one, since then there is no monitor either. */
    static Optional<MonitorRecord> read(Path state) throws IOException {
        Path file = state.resolve(FILE);
        try {
            return Optional.of(OciJson.read(Files.readAllBytes(file), MonitorRecord.class, file.toString()));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (Failure torn) {
            LOG.warn("no monitor can be found by it", torn);
            return Optional.empty();
        }
    }

    /** What the monitor has kept so far. */
    static List<Report> events(Path state) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(state.resolve(EVENTS));
        } catch (NoSuchFileException _) {
            return List.of();
        }
        if (bytes.length > MOST_EVENTS_BYTES) {
            throw new IOException("not a file of events: " + state.resolve(EVENTS));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        List<Report> reports = new ArrayList<>();
        for (Optional<Report> next = Report.read(in); next.isPresent(); next = Report.read(in)) {
            reports.add(next.get());
        }
        return reports;
    }

    static Optional<Report> last(List<Report> reports, Report.Kind kind) {
        return reports.stream().filter(report -> report.kind() == kind).reduce((_, later) -> later);
    }
}
