package dev.priok.engine.lifecycle;

import dev.priok.engine.ContainerState.Health;
import dev.priok.engine.Healthcheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a probe's result means: the rules without time and threads. */
final class HealthVerdict {
    private HealthVerdict() {}

    /** Health after one more result; the log is left as it is. */
    static Health after(Health before, int exitCode, int retries, boolean inStartPeriod) {
        if (exitCode == 0) {
            return new Health("healthy", 0, before.log());
        }
        if (inStartPeriod && before.status().equals("starting")) {
            return before;
        }
        int streak = before.failingStreak() + 1;
        return new Health(streak >= retries ? "unhealthy" : before.status(), streak, before.log());
    }

    /** The program of a probe. */
    static List<String> command(Healthcheck check, @Nullable List<String> shell) {
        List<String> words = check.test().subList(1, check.test().size());
        if (check.test().getFirst().equals("CMD")) {
            return words;
        }
        List<String> command = new ArrayList<>(shell == null || shell.isEmpty() ? List.of("/bin/sh", "-c") : shell);
        command.addAll(words);
        return command;
    }

    /** A duration as Go prints it: {@code 30s}, {@code 1m30s}, {@code 500ms}. */
    static String goDuration(Duration duration) {
        if (duration.toNanos() < 1_000_000_000L) {
            return trim(duration.toNanos() / 1e6) + "ms";
        }
        StringBuilder text = new StringBuilder();
        if (duration.toHours() > 0) {
            text.append(duration.toHours()).append('h');
        }
        if (duration.toMinutes() > 0) {
            text.append(duration.toMinutesPart()).append('m');
        }
        return text.append(trim(duration.toSecondsPart() + duration.toNanosPart() / 1e9))
                .append('s')
                .toString();
    }

    private static String trim(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
