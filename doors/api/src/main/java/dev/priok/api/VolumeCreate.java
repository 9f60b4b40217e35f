package dev.priok.api;

import java.util.Map;

/** The body of {@code POST /volumes/create}; an empty name asks for an anonymous volume. */
public record VolumeCreate(String name, String driver, Map<String, String> driverOpts, Map<String, String> labels) {
    public VolumeCreate {
        name = Absent.text(name);
        driver = Absent.text(driver);
        driverOpts = Absent.map(driverOpts);
        labels = Absent.map(labels);
    }
}
