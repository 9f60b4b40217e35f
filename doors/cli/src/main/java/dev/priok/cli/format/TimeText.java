package dev.priok.cli.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/** Reads the forms of a point in time that docker's options take. */
final class TimeText {
    private TimeText() {}

    /** {@code seconds.nanos} for dates with or without time and zone (local when absent); other texts unchanged. */
    static String toEpoch(String text) {
        int t = text.indexOf('T');
        boolean isDate = text.length() >= 10 && text.charAt(4) == '-' && text.charAt(7) == '-';
        if (!isDate) {
            return text;
        }
        try {
            Instant instant;
            if (t < 0) {
                instant = LocalDate.parse(text)
                        .atStartOfDay(ZoneId.systemDefault())
                        .toInstant();
            } else if (text.endsWith("Z") || text.indexOf('+', t) > 0 || text.indexOf('-', t) > 0) {
                instant = OffsetDateTime.parse(text).toInstant();
            } else {
                instant =
                        LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
            }
            return instant.getEpochSecond() + "." + HumanTime.digits(instant.getNano(), 9);
        } catch (DateTimeException _) {
            return text;
        }
    }
}
