package dev.priok.engine;

import java.util.List;
import java.util.Map;

/**
 * Devices of the host that a container may use.
 *
 * @param devices made in the container's /dev and allowed
 * @param cgroupRules further rules such as {@code c 42:* rmw}
 * @param requests devices found by a driver
 */
public record DeviceSpec(List<Device> devices, List<String> cgroupRules, List<Request> requests) {
    /** No device beyond Docker's defaults. */
    public static final DeviceSpec NONE = new DeviceSpec(List.of(), List.of(), List.of());

    public DeviceSpec {
        devices = Copies.list(devices);
        cgroupRules = Copies.list(cgroupRules);
        requests = Copies.list(requests);
    }

    /** A device node or a directory of them; permissions from {@code rwm}. */
    public record Device(String pathOnHost, String pathInContainer, String permissions) {}

    /** What {@code --gpus} asks for. */
    public record Request(
            String driver,
            int count,
            List<String> deviceIds,
            List<List<String>> capabilities,
            Map<String, String> options) {
        public Request {
            driver = Copies.text(driver);
            deviceIds = Copies.list(deviceIds);
            capabilities = Copies.list(capabilities);
            options = Copies.map(options);
        }
    }
}
