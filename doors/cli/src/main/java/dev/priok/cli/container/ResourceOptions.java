package dev.priok.cli.container;

import dev.priok.cli.option.BadValue;
import dev.priok.cli.option.NumberOption;
import dev.priok.cli.option.Option;
import dev.priok.cli.option.Options;
import dev.priok.cli.option.ParsedOption;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.option.ValueParsers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The options that limit what a container may use. */
final class ResourceOptions {
    private static final char NONE = Option.NO_SHORTHAND;

    private final NumberOption blkioWeight;
    private final NumberOption cpuPeriod;
    private final NumberOption cpuQuota;
    private final NumberOption cpuRtPeriod;
    private final NumberOption cpuRtRuntime;
    private final NumberOption cpuShares;
    private final ParsedOption<Long> cpus;
    private final TextOption cpusetCpus;
    private final TextOption cpusetMems;
    private final ParsedOption<Long> memory;
    private final ParsedOption<Long> memoryReservation;
    private final ParsedOption<Long> memorySwap;
    private final NumberOption pidsLimit;

    private ResourceOptions(Options options) {
        blkioWeight = options.number("blkio-weight", 0, "Share of block I/O, from 10 to 1000, or 0 for the default");
        cpuPeriod = options.number("cpu-period", 0, "Length of a scheduler period in microseconds");
        cpuQuota = options.number("cpu-quota", 0, "Processor time in each period in microseconds");
        cpuRtPeriod = options.number("cpu-rt-period", 0, "Length of a real-time period in microseconds");
        cpuRtRuntime = options.number("cpu-rt-runtime", 0, "Real-time processor time in each period in microseconds");
        cpuShares = options.number('c', "cpu-shares", 0, "Share of processor time against other containers");
        cpus = options.parsed(NONE, "cpus", "decimal", 0L, "How many processors", ValueParsers::nanoCpus);
        cpusetCpus = options.text("cpuset-cpus", "Processors to run on (0-3, 0,1)");
        cpusetMems = options.text("cpuset-mems", "Memory nodes to use (0-3, 0,1)");
        memory = bytes(options, 'm', "memory", "Most memory");
        memoryReservation = bytes(options, NONE, "memory-reservation", "Memory to shrink to under pressure");
        memorySwap = options.parsed(
                NONE,
                "memory-swap",
                "bytes",
                0L,
                "Most memory and swap together; -1 for no limit",
                ValueParsers::bytesOrUnlimited);
        pidsLimit = options.number("pids-limit", 0, "Most processes; -1 for no limit");
    }

    static ResourceOptions forUpdate(Options options) {
        return new ResourceOptions(options);
    }

    static ResourceOptions forCreate(Options options) {
        return new ResourceOptions(options);
    }

    private static ParsedOption<Long> bytes(Options options, char shorthand, String name, String description) {
        return options.parsed(shorthand, name, "bytes", 0L, description, ValueParsers::bytes);
    }

    /** Adds what was given, under the API's names. */
    void addTo(Map<String, Object> body) {
        add(body, blkioWeight, "BlkioWeight");
        add(body, cpuPeriod, "CpuPeriod");
        add(body, cpuQuota, "CpuQuota");
        add(body, cpuRtPeriod, "CpuRealtimePeriod");
        add(body, cpuRtRuntime, "CpuRealtimeRuntime");
        add(body, cpuShares, "CpuShares");
        add(body, cpus, "NanoCpus");
        add(body, cpusetCpus, "CpusetCpus");
        add(body, cpusetMems, "CpusetMems");
        add(body, memory, "Memory");
        add(body, memoryReservation, "MemoryReservation");
        add(body, memorySwap, "MemorySwap");
        add(body, pidsLimit, "PidsLimit");
    }

    /** Puts an option's value into a body, if it was given. */
    static void add(Map<String, Object> body, Option option, String name) {
        if (option.isSet()) {
            body.put(name, option.json());
        }
    }

    /** {@code nofile=1024:2048}. */
    static void checkUlimit(String text) throws BadValue {
        int equals = text.indexOf('=');
        if (equals <= 0) {
            throw new BadValue("invalid ulimit argument: " + text);
        }
        String[] limits = text.substring(equals + 1).split(":", -1);
        if (limits.length > 2) {
            throw new BadValue("too many limit value arguments - " + text + ", can only have up to two, `soft[:hard]`");
        }
        try {
            long soft = Long.parseLong(limits[0]);
            long hard = Long.parseLong(limits[limits.length - 1]);
            if (hard >= 0 && soft > hard) {
                throw new BadValue(
                        "ulimit soft limit must be less than or equal to hard limit: " + soft + " > " + hard);
            }
        } catch (NumberFormatException _) {
            throw new BadValue("strconv.ParseInt: parsing \"" + text.substring(equals + 1) + "\": invalid syntax");
        }
    }

    static List<Map<String, Object>> ulimits(List<String> texts) {
        List<Map<String, Object>> ulimits = new ArrayList<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            String[] limits = text.substring(equals + 1).split(":", -1);
            Map<String, Object> ulimit = new LinkedHashMap<>();
            ulimit.put("Name", text.substring(0, equals));
            ulimit.put("Soft", Long.parseLong(limits[0]));
            ulimit.put("Hard", Long.parseLong(limits[limits.length - 1]));
            ulimits.add(ulimit);
        }
        return ulimits;
    }
}
