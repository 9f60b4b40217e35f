package dev.priok.engine.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a plugin answers; every part may be absent.
 *
 * @param error why it refuses
 * @param mountpoint where a volume is on the host
 * @param kinds what the plugin implements
 */
public record PluginAnswer(
        @JsonProperty("Err") @Nullable String error,
        @JsonProperty("Mountpoint") @Nullable String mountpoint,
        @JsonProperty("Implements") @Nullable List<String> kinds) {}
