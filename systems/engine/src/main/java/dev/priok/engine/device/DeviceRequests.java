package dev.priok.engine.device;

import dev.priok.core.Failure;
import dev.priok.engine.DeviceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Chooses who finds the devices of HostConfig.DeviceRequests; there is the Container Device Interface, and no other driver. */
public final class DeviceRequests {
    private static final String CDI = "cdi";

    private final CdiFolders folders;

    public DeviceRequests(CdiFolders folders) {
        this.folders = folders;
    }

    /** Refuses what a driver cannot make sense of; whether it has the devices shows at a start, as in Docker. */
    public static void check(List<DeviceSpec.Request> requests) {
        for (DeviceSpec.Request request : requests) {
            boolean more = request.count() != 0
                    || !request.capabilities().isEmpty()
                    || !request.options().isEmpty();
            if (request.driver().equals(CDI) && (more || request.deviceIds().isEmpty())) {
                throw Failure.invalid(
                        "invalid device request: driver cdi takes DeviceIDs alone, such as vendor.com/class=name");
            }
            if (request.count() != 0 && !request.deviceIds().isEmpty()) {
                throw Failure.invalid("invalid device request: cannot set both Count and DeviceIDs");
            }
        }
    }

    /** What all requests change; a request that no driver takes is an error, in Docker's words. */
    public DeviceEdits edits(List<DeviceSpec.Request> requests) {
        List<String> names = new ArrayList<>();
        for (DeviceSpec.Request request : requests) {
            if (!request.driver().equals(CDI) || !folders.enabled()) {
                throw new Failure(
                        Failure.Kind.INTERNAL,
                        "could not select device driver \"%s\" with capabilities: %s"
                                .formatted(request.driver(), text(request.capabilities())));
            }
            names.addAll(request.deviceIds());
        }
        return names.isEmpty() ? DeviceEdits.NONE : folders.edits(names);
    }

    /** As Go prints a list of lists. */
    private static String text(List<List<String>> capabilities) {
        return capabilities.stream()
                .map(all -> "[" + String.join(" ", all) + "]")
                .collect(Collectors.joining(" ", "[", "]"));
    }
}
