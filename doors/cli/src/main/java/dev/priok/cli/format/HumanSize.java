package dev.priok.cli.format;

import dev.priok.cli.template.GoNumbers;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Byte counts in the units that docker prints. */
public final class HumanSize {
    private static final String[] DECIMAL = {"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"};

    private HumanSize() {}

    /** Three digits in thousands: {@code 1.24MB}, as image and container lists show it. */
    public static String ofThousands(long bytes) {
        return format((double) bytes, 1000, DECIMAL, 3);
    }

    /** Four digits in thousands: {@code 1.235MB}, as progress bars and totals show it. */
    public static String ofThousandsPrecise(long bytes) {
        return format((double) bytes, 1000, DECIMAL, 4);
    }

    /** Four digits in powers of 1024: {@code 1.234MiB}, as memory is shown. */
    public static String ofBinary(double bytes) {
        return format(bytes, 1024, BINARY, 4);
    }

    private static String format(double bytes, int base, String[] units, int digits) {
        double value = bytes;
        int unit = 0;
        while (value >= base && unit < units.length - 1) {
            value /= base;
            unit++;
        }
        if (value == Math.rint(value) && value < 1000) {
            return (long) value + units[unit];
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= digits) {
            // Go's %.3g of 1000 and more: an exponent, seen for 999.5 and above.
            BigDecimal mantissa = rounded.movePointLeft(exponent).stripTrailingZeros();
            return mantissa.toPlainString() + "e+0" + exponent + units[unit];
        }
        return GoNumbers.shortest(rounded.doubleValue()) + units[unit];
    }
}
