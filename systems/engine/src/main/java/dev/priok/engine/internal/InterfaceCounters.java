package dev.priok.engine.internal;

import dev.priok.engine.Stats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counters of the interfaces that a process sees (proc_pid_net(5), {@code dev}), without the loopback as Docker has it. */
final class InterfaceCounters {
    private static final Logger LOG = LoggerFactory.getLogger(InterfaceCounters.class);

    /** Two lines of titles come first. */
    private static final int TITLE_LINES = 2;

    /** Eight numbers of what came in, eight of what went out. */
    private static final int COLUMNS = 16;

    private InterfaceCounters() {}

    /** Reads them; none when the process is gone. */
    static Map<String, Stats.Network> of(int pid) {
        try {
            return parse(Files.readAllLines(
                    Path.of("/proc", Integer.toString(pid), "net", "dev"), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.debug("interfaces of process {} cannot be read", pid, e);
            return Map.of();
        }
    }

    static Map<String, Stats.Network> parse(List<String> lines) {
        var counters = new LinkedHashMap<String, Stats.Network>();
        for (String line : lines.subList(Math.min(TITLE_LINES, lines.size()), lines.size())) {
            int colon = line.lastIndexOf(':');
            String name = line.substring(0, Math.max(0, colon)).strip();
            String[] columns = line.substring(colon + 1).strip().split(" +");
            if (!name.isEmpty() && !name.equals("lo") && columns.length == COLUMNS) {
                counters.put(
                        name,
                        new Stats.Network(
                                number(columns[0]),
                                number(columns[1]),
                                number(columns[2]),
                                number(columns[3]),
                                number(columns[8]),
                                number(columns[9]),
                                number(columns[10]),
                                number(columns[11])));
            }
        }
        return counters;
    }

    private static long number(String text) {
        return Long.parseUnsignedLong(text);
    }
}
