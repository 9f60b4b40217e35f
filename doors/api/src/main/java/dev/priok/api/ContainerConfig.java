package dev.priok.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of a create request that does not depend on the host; {@code cmd} and {@code entrypoint} may be a single string. */
public record ContainerConfig(
        String hostname,
        String domainname,
        String user,
        boolean attachStdin,
        boolean attachStdout,
        boolean attachStderr,
        Map<String, Object> exposedPorts,
        boolean tty,
        boolean openStdin,
        boolean stdinOnce,
        List<String> env,

        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable
        List<String> cmd,

        @Nullable HealthConfig healthcheck,
        boolean argsEscaped,
        String image,
        Map<String, Object> volumes,
        String workingDir,

        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable
        List<String> entrypoint,

        boolean networkDisabled,
        String macAddress,
        List<String> onBuild,
        Map<String, String> labels,
        String stopSignal,
        @Nullable Integer stopTimeout,

        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable
        List<String> shell) {
    public ContainerConfig {
        hostname = Absent.text(hostname);
        domainname = Absent.text(domainname);
        user = Absent.text(user);
        exposedPorts = Absent.map(exposedPorts);
        env = Absent.list(env);
        image = Absent.text(image);
        volumes = Absent.map(volumes);
        workingDir = Absent.text(workingDir);
        macAddress = Absent.text(macAddress);
        onBuild = Absent.list(onBuild);
        labels = Absent.map(labels);
        stopSignal = Absent.text(stopSignal);
    }
}
