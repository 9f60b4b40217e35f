package dev.priok.engine.spec;

import java.util.BitSet;
import java.util.Optional;

/** Lists such as {@code 0-2,7}: cpuset(7), List Format. */
final class CpuList {
    /** More processors than any kernel is built for (CONFIG_NR_CPUS is at most 8192); bounds what a request can allocate. */
    private static final int MAXIMUM = 8192;

    private CpuList() {}

    /** The numbers; nothing when it is no such list. */
    static Optional<BitSet> parse(String text) {
        BitSet set = new BitSet();
        for (String part : text.split(",", -1)) {
            String[] ends = part.strip().split("-", -1);
            if (ends.length > 2) {
                return Optional.empty();
            }
            int from = number(ends[0]);
            int to = ends.length == 1 ? from : number(ends[1]);
            if (from < 0 || to < from) {
                return Optional.empty();
            }
            set.set(from, to + 1);
        }
        return Optional.of(set);
    }

    private static int number(String text) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int value = Integer.parseInt(text);
        return value < MAXIMUM ? value : -1;
    }
}
