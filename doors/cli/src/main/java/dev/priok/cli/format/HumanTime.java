package dev.priok.cli.format;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/** Times as docker prints them. */
public final class HumanTime {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;

    private HumanTime() {}

    /** How long something lasts, roughly: {@code About a minute}, {@code 3 weeks}. */
    public static String duration(long seconds) {
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds == 1) {
            return "1 second";
        }
        if (seconds < MINUTE) {
            return seconds + " seconds";
        }
        long minutes = seconds / MINUTE;
        if (minutes == 1) {
            return "About a minute";
        }
        if (minutes < 60) {
            return minutes + " minutes";
        }
        long hours = (seconds + HOUR / 2) / HOUR;
        if (hours == 1) {
            return "About an hour";
        }
        if (hours < 48) {
            return hours + " hours";
        }
        if (hours < 24 * 7 * 2) {
            return hours / 24 + " days";
        }
        if (hours < 24 * 30 * 2) {
            return hours / 24 / 7 + " weeks";
        }
        if (hours < 24 * 365 * 2) {
            return hours / 24 / 30 + " months";
        }
        return seconds / HOUR / 24 / 365 + " years";
    }

    /** {@code 2 minutes ago}. */
    public static String ago(long epochSeconds, Instant now) {
        return duration(now.getEpochSecond() - epochSeconds) + " ago";
    }

    /** Go's default form in the local zone: {@code 2026-01-02 15:04:05 +0100 CET}. */
    public static String local(long epochSeconds) {
        ZonedDateTime time = Instant.ofEpochSecond(epochSeconds).atZone(ZoneId.systemDefault());
        String zone = time.getZone().getDisplayName(java.time.format.TextStyle.SHORT, java.util.Locale.ROOT);
        boolean isSummer = time.getZone().getRules().isDaylightSavings(time.toInstant());
        String name = java.util.TimeZone.getTimeZone(time.getZone())
                .getDisplayName(isSummer, java.util.TimeZone.SHORT, java.util.Locale.ROOT);
        return plain(time)
                + ' '
                + offset(time.getOffset().getTotalSeconds())
                + ' '
                + (zone.equals("Z") || zone.equals("UTC") ? "UTC" : name);
    }

    /** RFC 3339 without fraction in the local zone, as histories show it. */
    public static String rfc3339Seconds(long epochSeconds) {
        String text = rfc3339(epochSeconds, 0);
        int dot = text.indexOf('.');
        return text.substring(0, dot) + text.substring(dot + 10);
    }

    /** RFC 3339 with nanoseconds in the local zone, as events show it. */
    public static String rfc3339(long epochSeconds, long nanos) {
        ZonedDateTime time = Instant.ofEpochSecond(epochSeconds, nanos).atZone(ZoneId.systemDefault());
        int seconds = time.getOffset().getTotalSeconds();
        String offset = offset(seconds);
        return date(time)
                + 'T'
                + clock(time)
                + '.'
                + digits(time.getNano(), 9)
                + (seconds == 0 ? "Z" : offset.substring(0, 3) + ':' + offset.substring(3));
    }

    /** Go's ANSI C form, as {@code version} shows build times: {@code Mon Jan  2 15:04:05 2006}. */
    public static String ansi(Instant instant) {
        ZonedDateTime time = instant.atZone(java.time.ZoneOffset.UTC);
        String day = time.getDayOfWeek().name();
        String month = time.getMonth().name();
        return capital(day)
                + ' '
                + capital(month)
                + ' '
                + (time.getDayOfMonth() < 10 ? " " : "")
                + time.getDayOfMonth()
                + ' '
                + clock(time)
                + ' '
                + time.getYear();
    }

    /** Seconds since the epoch of an RFC 3339 text; {@code fallback} when it is none. */
    public static long epochSeconds(String rfc3339, long fallback) {
        try {
            return OffsetDateTime.parse(rfc3339).toEpochSecond();
        } catch (DateTimeException _) {
            return fallback;
        }
    }

    /**
     * What {@code --since} and {@code --until} send: a time stays or becomes {@code seconds.nanos}, a Go duration becomes
     * the time that long ago; anything else goes to the daemon as it is.
     */
    public static String timestamp(String text, Instant now) {
        if (text.isEmpty()) {
            return text;
        }
        Duration duration = GoDuration.parseOrNull(text);
        if (duration != null) {
            Instant then = now.minus(duration);
            return then.getEpochSecond() + "." + digits(then.getNano(), 9);
        }
        return TimeText.toEpoch(text);
    }

    private static String plain(ZonedDateTime time) {
        return date(time) + ' ' + clock(time);
    }

    private static String date(ZonedDateTime time) {
        return digits(time.getYear(), 4)
                + '-'
                + digits(time.getMonthValue(), 2)
                + '-'
                + digits(time.getDayOfMonth(), 2);
    }

    private static String clock(ZonedDateTime time) {
        return digits(time.getHour(), 2) + ':' + digits(time.getMinute(), 2) + ':' + digits(time.getSecond(), 2);
    }

    private static String offset(int seconds) {
        int minutes = Math.abs(seconds) / 60;
        return (seconds < 0 ? "-" : "+") + digits(minutes / 60, 2) + digits(minutes % 60, 2);
    }

    private static String capital(String name) {
        return name.charAt(0) + name.substring(1, 3).toLowerCase(java.util.Locale.ROOT);
    }

    static String digits(long value, int width) {
        String text = Long.toString(value);
        return "0".repeat(Math.max(0, width - text.length())) + text;
    }
}
