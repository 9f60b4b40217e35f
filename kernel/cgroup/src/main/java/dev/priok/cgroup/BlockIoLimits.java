package dev.priok.cgroup;

import java.util.List;
import java.util.OptionalInt;

/**
 * Limits on block devices. Empty means "as it is".
 *
 * @param weight share against siblings, 10 to 1000
 * @param deviceWeights shares on single devices
 * @param throttles ceilings on single devices
 */
public record BlockIoLimits(OptionalInt weight, List<DeviceWeight> deviceWeights, List<Throttle> throttles) {
    public static final BlockIoLimits NONE = new BlockIoLimits(OptionalInt.empty(), List.of(), List.of());

    public BlockIoLimits {
        deviceWeights = List.copyOf(deviceWeights);
        throttles = List.copyOf(throttles);
    }

    /**
     * A share on one device.
     *
     * @param weight 10 to 1000
     */
    public record DeviceWeight(int major, int minor, int weight) {}

    /** What a throttle counts. */
    public enum Rate {
        READ_BYTES_PER_SECOND,
        WRITE_BYTES_PER_SECOND,
        READS_PER_SECOND,
        WRITES_PER_SECOND
    }

    /**
     * A ceiling on one device.
     *
     * @param perSecond bytes or operations; 0 means none
     */
    public record Throttle(Rate rate, int major, int minor, long perSecond) {}
}
