package dev.priok.cli.container;

import dev.priok.cli.format.HumanSize;
import dev.priok.cli.format.Listing;
import dev.priok.cli.format.Text;
import dev.priok.cli.template.FieldSource;
import dev.priok.client.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one container uses.
 *
 * @param container the name it was asked by
 * @param sample the newest sample; empty before the first
 * @param isCut whether its id is shortened
 */
record StatsRow(String container, JsonObject sample, boolean isCut) implements Listing.Row {
    private static final String UNKNOWN = "--";

    static Listing listing() {
        return new Listing(
                        "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}")
                .title("ID", "CONTAINER ID")
                .title("Container", "CONTAINER")
                .title("Name", "NAME")
                .title("CPUPerc", "CPU %")
                .title("MemUsage", "MEM USAGE / LIMIT")
                .title("MemPerc", "MEM %")
                .title("NetIO", "NET I/O")
                .title("BlockIO", "BLOCK I/O")
                .title("PIDs", "PIDS");
    }

    @Override
    public @Nullable Object value(String field) {
        boolean isEmpty = sample.fields().isEmpty();
        return switch (field) {
            case "ID" -> {
                String id = sample.has("id") ? sample.text("id") : container;
                yield isCut ? Text.shortId(id) : id;
            }
            case "Container" -> container;
            case "Name" -> {
                String name = sample.text("name");
                yield isEmpty ? UNKNOWN : name.startsWith("/") ? name.substring(1) : name;
            }
            case "CPUPerc" -> isEmpty ? UNKNOWN : percent(cpuPercent());
            case "MemUsage" ->
                isEmpty
                        ? UNKNOWN + " / " + UNKNOWN
                        : HumanSize.ofBinary((double) memoryBytes()) + " / "
                                + HumanSize.ofBinary((double) memoryLimit());
            case "MemPerc" ->
                isEmpty ? UNKNOWN : percent(memoryLimit() == 0 ? 0 : 100.0 * memoryBytes() / memoryLimit());
            case "NetIO" -> isEmpty ? UNKNOWN : network("rx_bytes") + " / " + network("tx_bytes");
            case "BlockIO" -> isEmpty ? UNKNOWN : block('r') + " / " + block('w');
            case "PIDs" ->
                isEmpty ? UNKNOWN : Long.toString(sample.object("pids_stats").number("current"));
            default -> FieldSource.NO_FIELD;
        };
    }

    /** Share of one processor: two busy ones are 200. */
    private double cpuPercent() {
        JsonObject now = sample.object("cpu_stats");
        JsonObject before = sample.object("precpu_stats");
        double used = now.object("cpu_usage").decimal("total_usage")
                - before.object("cpu_usage").decimal("total_usage");
        double whole = now.decimal("system_cpu_usage") - before.decimal("system_cpu_usage");
        double processors = now.decimal("online_cpus");
        if (processors == 0) {
            processors = now.object("cpu_usage").texts("percpu_usage").size();
        }
        return whole > 0 && used > 0 ? used / whole * processors * 100 : 0;
    }

    /** Without the file cache that the kernel would drop. */
    private long memoryBytes() {
        JsonObject memory = sample.object("memory_stats");
        JsonObject detail = memory.object("stats");
        long inactive = detail.has("total_inactive_file")
                ? detail.number("total_inactive_file")
                : detail.number("inactive_file");
        long usage = memory.number("usage");
        return inactive < usage ? usage - inactive : usage;
    }

    private long memoryLimit() {
        return sample.object("memory_stats").number("limit");
    }

    private String network(String field) {
        long sum = 0;
        JsonObject networks = sample.object("networks");
        for (String name : networks.fields().keySet()) {
            sum += networks.object(name).number(field);
        }
        return HumanSize.ofThousands(sum);
    }

    private String block(char direction) {
        long sum = 0;
        for (JsonObject entry : sample.object("blkio_stats").objects("io_service_bytes_recursive")) {
            String operation = entry.text("op").toLowerCase(Locale.ROOT);
            if (!operation.isEmpty() && operation.charAt(0) == direction) {
                sum += entry.number("value");
            }
        }
        return HumanSize.ofThousands(sum);
    }

    private static String percent(double value) {
        return BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_EVEN).toPlainString() + "%";
    }
}
