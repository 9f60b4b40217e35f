package dev.priok.cli.container;

import dev.priok.cli.format.GoDuration;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.Options;
import dev.priok.cli.option.ParsedOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The options that docker's command does not have: how a container is kept up. */
final class UpkeepOptions {
    private final Flag restartOnUnhealthy;
    private final Map<String, ParsedOption<Duration>> durations = new LinkedHashMap<>();

    UpkeepOptions(Options options) {
        restartOnUnhealthy =
                options.flag("restart-on-unhealthy", "Restart the container when its health check calls it unhealthy");
        duration(options, "restart-delay", "RestartDelay", "Time before the first restart by policy (ms|s|m|h)");
        duration(options, "restart-max-delay", "RestartMaxDelay", "Longest time before a restart (ms|s|m|h)");
        duration(options, "restart-reset", "RestartReset", "Length of a run after which delays begin anew (ms|s|m|h)");
        duration(options, "start-timeout", "StartTimeout", "Longest time for a start (ms|s|m|h)");
    }

    private void duration(Options options, String name, String field, String description) {
        durations.put(field, options.parsed('\0', name, "duration", Duration.ZERO, description, GoDuration::parse));
    }

    void addTo(Map<String, Object> hostConfig) {
        ResourceOptions.add(hostConfig, restartOnUnhealthy, "RestartOnUnhealthy");
        durations.forEach((field, option) -> {
            if (option.isSet()) {
                hostConfig.put(field, option.value().toNanos());
            }
        });
    }
}
