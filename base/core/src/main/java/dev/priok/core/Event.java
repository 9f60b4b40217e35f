package dev.priok.core;

import java.time.Instant;
import java.util.Map;

/**
 * One thing that happened to one object, as {@code docker events} tells it.
 *
 * @param type kind of the object: {@code container}, {@code image}, {@code volume}, {@code network}, {@code daemon}, {@code builder}
 * @param action what happened, such as {@code start}
 * @param actorId id or name of the object
 * @param attributes labels of the object and details of the action
 * @param time when, to the nanosecond
 */
public record Event(String type, String action, String actorId, Map<String, String> attributes, Instant time) {
    public Event {
        attributes = Map.copyOf(attributes);
    }
}
