package dev.priok.engine.internal;

import dev.priok.core.Failure;
import dev.priok.engine.Containers.ProcessTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What ps(1) would print of some processes, read from /proc (proc_pid_stat(5)). */
final class ProcessTables {
    private static final int TICKS_PER_SECOND = 100;
    private static final int PAGE_KIB = 4;

    private static final List<String> FULL = List.of("user", "pid", "ppid", "c", "stime", "tty", "time", "args");
    private static final List<String> AUX =
            List.of("user", "pid", "%cpu", "%mem", "vsz", "rss", "tty", "stat", "stime", "time", "args");
    private static final List<String> PLAIN = List.of("pid", "tty", "time", "comm");

    private static final Map<String, String> TITLES = Map.ofEntries(
            Map.entry("user", "USER"),
            Map.entry("pid", "PID"),
            Map.entry("ppid", "PPID"),
            Map.entry("c", "C"),
            Map.entry("stime", "STIME"),
            Map.entry("tty", "TTY"),
            Map.entry("time", "TIME"),
            Map.entry("args", "COMMAND"),
            Map.entry("comm", "COMMAND"),
            Map.entry("%cpu", "%CPU"),
            Map.entry("%mem", "%MEM"),
            Map.entry("vsz", "VSZ"),
            Map.entry("rss", "RSS"),
            Map.entry("stat", "STAT"),
            Map.entry("uid", "UID"),
            Map.entry("nlwp", "NLWP"),
            Map.entry("pgid", "PGID"),
            Map.entry("sid", "SID"),
            Map.entry("ni", "NI"));

    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("cmd", "args"),
            Map.entry("command", "args"),
            Map.entry("ucmd", "comm"),
            Map.entry("pcpu", "%cpu"),
            Map.entry("pmem", "%mem"),
            Map.entry("start", "stime"),
            Map.entry("start_time", "stime"),
            Map.entry("tt", "tty"),
            Map.entry("tname", "tty"),
            Map.entry("s", "stat"),
            Map.entry("state", "stat"),
            Map.entry("euser", "user"),
            Map.entry("ruser", "user"),
            Map.entry("euid", "uid"),
            Map.entry("cputime", "time"),
            Map.entry("vsize", "vsz"),
            Map.entry("rssize", "rss"),
            Map.entry("nice", "ni"),
            Map.entry("sess", "sid"),
            Map.entry("pgrp", "pgid"),
            Map.entry("thcount", "nlwp"));

    private ProcessTables() {}

    /** The table of these processes; those that are gone meanwhile are left out. */
    static ProcessTable of(List<Integer> pids, String psArguments, Instant now) {
        List<String> columns = columns(psArguments);
        boolean full = columns.equals(FULL);
        List<String> titles = columns.stream()
                .map(c -> full && c.equals("user") ? "UID" : full && c.equals("args") ? "CMD" : title(columns, c))
                .toList();
        Map<Integer, String> users = users();
        List<List<String>> rows = new ArrayList<>();
        for (int pid : pids) {
            ProcessInfo.read(pid)
                    .ifPresent(info -> rows.add(
                            columns.stream().map(c -> info.value(c, users, now)).toList()));
        }
        return new ProcessTable(titles, rows);
    }

    private static String title(List<String> columns, String column) {
        boolean aux = columns.equals(AUX);
        return aux && column.equals("stime") ? "START" : String.valueOf(TITLES.get(column));
    }

    private static List<String> columns(String arguments) {
        String text = arguments.strip();
        return switch (text) {
            case "", "-ef", "-f", "-e -f", "-Af" -> FULL;
            case "aux", "-aux", "au", "axu", "u" -> AUX;
            case "-e", "-A", "ax", "-a" -> PLAIN;
            default -> chosen(text);
        };
    }

    private static List<String> chosen(String text) {
        List<String> words = Arrays.asList(text.split("\\s+"));
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String list;
            if (word.equals("-o") || word.equals("o") || word.equals("-eo") || word.equals("--format")) {
                i++;
                list = i < words.size() ? words.get(i) : "";
            } else if (word.startsWith("-o") || word.startsWith("-eo")) {
                list = word.substring(word.indexOf('o') + 1);
            } else if (word.equals("-e") || word.equals("-A") || word.equals("ax")) {
                continue;
            } else {
                throw Failure.invalid(
                        "Error running ps: unsupported argument %s; -ef, aux and -o COLUMNS are known", word);
            }
            for (String name : list.split(",", -1)) {
                String lower = name.toLowerCase(Locale.ROOT);
                String column = ALIASES.getOrDefault(lower, lower);
                if (!TITLES.containsKey(column)) {
                    throw Failure.invalid("Error running ps: unknown user-defined format specifier \"%s\"", name);
                }
                columns.add(column);
            }
        }
        if (!columns.contains("pid")) {
            throw Failure.invalid("Couldn't find PID field in ps output");
        }
        return columns;
    }

    private static Map<Integer, String> users() {
        Map<Integer, String> names = new HashMap<>();
        try {
            for (String line : Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.UTF_8)) {
                String[] fields = line.split(":", -1);
                if (fields.length > 2 && fields[2].matches("\\d{1,9}")) {
                    names.putIfAbsent(Integer.parseInt(fields[2]), fields[0]);
                }
            }
        } catch (IOException _) {
            // Numbers will do where the host has no such file.
            return names;
        }
        return names;
    }

    /** One process. */
    private record ProcessInfo(List<String> stat, String comm, String args, int uid) {
        /** Empty when it has ended between the list and this look. */
        static Optional<ProcessInfo> read(int pid) {
            try {
                return Optional.of(readLive(pid));
            } catch (IOException _) {
                return Optional.empty();
            }
        }

        private static ProcessInfo readLive(int pid) throws IOException {
            Path proc = Path.of("/proc", Integer.toString(pid));
            String stat = Files.readString(proc.resolve("stat"), StandardCharsets.ISO_8859_1);
            int open = stat.indexOf('(');
            int close = stat.lastIndexOf(')');
            String comm = stat.substring(open + 1, close);
            List<String> rest =
                    List.of((pid + " () " + stat.substring(close + 2).strip()).split(" "));
            String args = new String(Files.readAllBytes(proc.resolve("cmdline")), StandardCharsets.UTF_8)
                    .replace('\0', ' ')
                    .strip();
            int uid = 0;
            for (String line : Files.readAllLines(proc.resolve("status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Uid:")) {
                    uid = Integer.parseInt(line.split("\\s+")[2]);
                }
            }
            return new ProcessInfo(rest, comm, args.isEmpty() ? "[" + comm + "]" : args, uid);
        }

        /** Field of proc_pid_stat(5), counted from 1 as there. */
        private long field(int number) {
            return Long.parseLong(stat.get(number - 1));
        }

        String value(String column, Map<Integer, String> users, Instant now) {
            return switch (column) {
                case "user" -> users.getOrDefault(uid, Integer.toString(uid));
                case "uid" -> Integer.toString(uid);
                case "pid" -> stat.get(0);
                case "ppid" -> stat.get(3);
                case "pgid" -> stat.get(4);
                case "sid" -> stat.get(5);
                case "ni" -> stat.get(18);
                case "nlwp" -> stat.get(19);
                case "c" -> Long.toString((long) cpuPercent(now));
                case "%cpu" -> "%.1f".formatted(cpuPercent(now));
                case "%mem" -> "%.1f".formatted(100.0 * field(24) * PAGE_KIB / MachineInfo.memoryKib());
                case "vsz" -> Long.toString(field(23) / 1024);
                case "rss" -> Long.toString(field(24) * PAGE_KIB);
                case "stat" -> stat.get(2) + (field(6) == field(1) ? "s" : "") + (field(8) == field(5) ? "+" : "");
                case "tty" -> tty(field(7));
                case "time" -> clock((field(14) + field(15)) / TICKS_PER_SECOND);
                case "stime" -> startTime(now);
                case "comm" -> comm;
                default -> args;
            };
        }

        private Instant started() {
            return MachineInfo.bootTime().plusMillis(field(22) * 1000 / TICKS_PER_SECOND);
        }

        private double cpuPercent(Instant now) {
            double alive = Math.max(1, now.toEpochMilli() - started().toEpochMilli()) / 1000.0;
            return 100.0 * (field(14) + field(15)) / TICKS_PER_SECOND / alive;
        }

        private String startTime(Instant now) {
            boolean today = now.toEpochMilli() - started().toEpochMilli() < 86_400_000L;
            return DateTimeFormatter.ofPattern(today ? "HH:mm" : "MMMdd", Locale.ROOT)
                    .format(started().atZone(ZoneId.systemDefault()));
        }

        private static String clock(long seconds) {
            return "%02d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
        }

        private static String tty(long device) {
            long major = (device >> 8) & 0xFFF;
            long minor = (device & 0xFF) | ((device >> 12) & 0xFFF00);
            return device == 0
                    ? "?"
                    : major >= 136 && major <= 143 ? "pts/" + ((major - 136) * 256 + minor) : "tty" + minor;
        }
    }
}
