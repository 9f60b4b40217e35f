package dev.priok.cli.format;

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

    /** Go's {@code %.3g} by whole numbers: BigDecimal and Formatter cost a fresh JVM many milliseconds. */
    private static String format(double bytes, int base, String[] units, int digits) {
        double value = bytes;
        int unit = 0;
        while (value >= base && unit < units.length - 1) {
            value /= base;
            unit++;
        }
        int decimals = digits - 1;
        for (double rest = value; rest >= 10; rest /= 10) {
            decimals--;
        }
        long scale = 1;
        for (int i = 0; i < decimals; i++) {
            scale *= 10;
        }
        long scaled = (long) Math.rint(value * scale);
        if (decimals < 0 || scaled >= scale * limit(digits)) {
            return exponential(value, digits) + units[unit];
        }
        StringBuilder out = new StringBuilder().append(scaled / scale);
        long fraction = scaled % scale;
        if (fraction != 0) {
            out.append('.');
            for (long place = scale / 10; fraction != 0; place /= 10) {
                out.append(fraction / place);
                fraction %= place;
            }
        }
        return out.append(units[unit]).toString();
    }

    private static long limit(int digits) {
        long limit = 1;
        for (int i = 0; i < digits; i++) {
            limit *= 10;
        }
        return limit;
    }

    /** A number with more digits before its point than are shown: {@code 1.02e+03}. */
    private static String exponential(double value, int digits) {
        BigDecimal rounded = new BigDecimal(value)
                .round(new MathContext(digits, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        return rounded.movePointLeft(exponent).toPlainString() + "e+0" + exponent;
    }
}
