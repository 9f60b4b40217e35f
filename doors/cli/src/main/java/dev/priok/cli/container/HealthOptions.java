package dev.priok.cli.container;

import dev.priok.cli.format.GoDuration;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.NumberOption;
import dev.priok.cli.option.Options;
import dev.priok.cli.option.ParsedOption;
import dev.priok.cli.option.TextOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The options that replace an image's health check. */
final class HealthOptions {
    private final TextOption command;
    private final ParsedOption<Duration> interval;
    private final NumberOption retries;
    private final ParsedOption<Duration> startInterval;
    private final ParsedOption<Duration> startPeriod;
    private final ParsedOption<Duration> timeout;
    private final Flag none;

    HealthOptions(Options options) {
        command = options.text("health-cmd", "Command that checks the container's health");
        interval = duration(options, "health-interval", "Time between checks (ms|s|m|h)");
        retries = options.number("health-retries", 0, "Failures in a row that mean unhealthy");
        startInterval = duration(options, "health-start-interval", "Time between checks while starting (ms|s|m|h)");
        startPeriod = duration(options, "health-start-period", "Time in which failures do not count (ms|s|m|h)");
        timeout = duration(options, "health-timeout", "Longest time for one check (ms|s|m|h)");
        none = options.flag("no-healthcheck", "Do not check the container's health");
    }

    private static ParsedOption<Duration> duration(Options options, String name, String description) {
        return options.parsed('\0', name, "duration", Duration.ZERO, description, GoDuration::parse);
    }

    void addTo(Map<String, Object> config) {
        Map<String, Object> check = new LinkedHashMap<>();
        if (command.isSet()) {
            check.put("Test", List.of("CMD-SHELL", command.value()));
        }
        put(check, interval, "Interval");
        put(check, timeout, "Timeout");
        put(check, startPeriod, "StartPeriod");
        put(check, startInterval, "StartInterval");
        ResourceOptions.add(check, retries, "Retries");
        if (none.value()) {
            if (!check.isEmpty()) {
                throw ContainerOptions.refuse("--no-healthcheck conflicts with --health-* options");
            }
            check.put("Test", List.of("NONE"));
        }
        if (!check.isEmpty()) {
            config.put("Healthcheck", check);
        }
    }

    private static void put(Map<String, Object> check, ParsedOption<Duration> option, String name) {
        if (option.isSet()) {
            if (option.value().isNegative()) {
                throw ContainerOptions.refuse("--" + option.name() + " cannot be negative");
            }
            check.put(name, option.value().toNanos());
        }
    }
}
