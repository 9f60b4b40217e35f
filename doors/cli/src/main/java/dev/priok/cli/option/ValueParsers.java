package dev.priok.cli.option;

import dev.priok.core.ByteCount;
import dev.priok.core.Failure;
import java.math.BigDecimal;

/** Parsers of values that several commands take. */
public final class ValueParsers {
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);

    private ValueParsers() {}

    /** {@code 512m}, {@code 1g}: bytes. */
    public static Long bytes(String text) throws BadValue {
        try {
            return ByteCount.parse(text).bytes();
        } catch (Failure e) {
            throw new BadValue(e.message());
        }
    }

    /** Bytes, or -1 for no limit. */
    public static Long bytesOrUnlimited(String text) throws BadValue {
        return text.equals("-1") ? Long.valueOf(-1) : bytes(text);
    }

    /** {@code 1.5} processors in billionths. */
    public static Long nanoCpus(String text) throws BadValue {
        try {
            return new BigDecimal(text).multiply(NANOS).longValueExact();
        } catch (NumberFormatException _) {
            throw new BadValue("failed to parse " + text + " as a rational number");
        } catch (ArithmeticException _) {
            throw new BadValue("value is too precise");
        }
    }

    /** Checks {@code key=value} with a key. */
    public static void keyValue(String text) throws BadValue {
        if (text.indexOf('=') <= 0) {
            throw new BadValue("invalid format: " + text + " is not key=value");
        }
    }
}
