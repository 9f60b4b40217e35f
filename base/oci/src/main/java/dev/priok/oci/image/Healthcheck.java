package dev.priok.oci.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Docker's health check of an image: {@code {"Test":["CMD-SHELL","curl -f http://localhost/"],"Interval":30000000000}}.
 *
 * @param test empty inherits, {@code ["NONE"]} disables, else {@code CMD} or {@code CMD-SHELL} and its words
 * @param interval nanoseconds between checks; 0 inherits
 * @param timeout nanoseconds that one check may take; 0 inherits
 * @param startPeriod nanoseconds in which failures do not count; 0 inherits
 * @param startInterval nanoseconds between checks in the start period; 0 inherits
 * @param retries failures in a row that make it unhealthy; 0 inherits
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Healthcheck(
        @JsonProperty("Test") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<String> test,

        @JsonProperty("Interval") long interval,
        @JsonProperty("Timeout") long timeout,
        @JsonProperty("StartPeriod") long startPeriod,
        @JsonProperty("StartInterval") long startInterval,
        @JsonProperty("Retries") int retries) {
    public Healthcheck {
        test = Text.orEmpty(test);
    }
}
