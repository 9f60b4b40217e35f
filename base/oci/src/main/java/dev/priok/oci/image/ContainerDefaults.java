package dev.priok.oci.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a container of the image starts with unless told otherwise; {@code config} of the image configuration:
 * {@code {"Env":["PATH=/bin"],"Cmd":["sh"],"WorkingDir":"/app"}}. Absent and empty mean the same.
 *
 * @param hostname left over from old builders; usually empty
 * @param domainname left over from old builders; usually empty
 * @param user {@code user[:group]} by name or number
 * @param exposedPorts {@code 80/tcp} and the like
 * @param env {@code NAME=value} each
 * @param entrypoint words that always run
 * @param cmd words that run when the user gives none
 * @param healthcheck Docker's, or null
 * @param argsEscaped Windows: the first word is a whole command line
 * @param volumes paths that hold data
 * @param workingDir where it runs
 * @param onBuild instructions for images built on this one
 * @param labels free attributes
 * @param stopSignal name or number of the signal that asks it to end
 * @param stopTimeout seconds before it is killed, or null
 * @param shell the shell of shell-form instructions
 * @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md#properties">OCI image spec, config</a>
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ContainerDefaults(
        @JsonProperty("Hostname") String hostname,
        @JsonProperty("Domainname") String domainname,
        @JsonProperty("User") String user,
        @JsonProperty("ExposedPorts") Map<String, Empty> exposedPorts,
        @JsonProperty("Env") List<String> env,
        @JsonProperty("Entrypoint") List<String> entrypoint,
        @JsonProperty("Cmd") List<String> cmd,
        @JsonProperty("Healthcheck") @Nullable Healthcheck healthcheck,

        @JsonProperty("ArgsEscaped") @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean argsEscaped,

        @JsonProperty("Volumes") Map<String, Empty> volumes,
        @JsonProperty("WorkingDir") String workingDir,
        @JsonProperty("OnBuild") List<String> onBuild,
        @JsonProperty("Labels") Map<String, String> labels,
        @JsonProperty("StopSignal") String stopSignal,
        @JsonProperty("StopTimeout") @Nullable Integer stopTimeout,
        @JsonProperty("Shell") List<String> shell) {
    /** Nothing set. */
    public static final ContainerDefaults NONE = new ContainerDefaults(
            "", "", "", Map.of(), List.of(), List.of(), List.of(), null, false, Map.of(), "", List.of(), Map.of(), "",
            null, List.of());

    public ContainerDefaults {
        hostname = Text.orEmpty(hostname);
        domainname = Text.orEmpty(domainname);
        user = Text.orEmpty(user);
        exposedPorts = Text.orEmpty(exposedPorts);
        env = Text.orEmpty(env);
        entrypoint = Text.orEmpty(entrypoint);
        cmd = Text.orEmpty(cmd);
        volumes = Text.orEmpty(volumes);
        workingDir = Text.orEmpty(workingDir);
        onBuild = Text.orEmpty(onBuild);
        labels = Text.orEmpty(labels);
        stopSignal = Text.orEmpty(stopSignal);
        shell = Text.orEmpty(shell);
    }

    /** The value of a set whose members are the keys: {@code {}}. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Empty() {
        public static final Empty VALUE = new Empty();
    }

    public ContainerDefaults withHostname(String hostname) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withDomainname(String domainname) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withUser(String user) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withExposedPorts(Map<String, Empty> exposedPorts) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withEnv(List<String> env) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withEntrypoint(List<String> entrypoint) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withCmd(List<String> cmd) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withHealthcheck(@Nullable Healthcheck healthcheck) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withArgsEscaped(boolean argsEscaped) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withVolumes(Map<String, Empty> volumes) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withWorkingDir(String workingDir) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withOnBuild(List<String> onBuild) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withLabels(Map<String, String> labels) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withStopSignal(String stopSignal) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withStopTimeout(@Nullable Integer stopTimeout) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }

    public ContainerDefaults withShell(List<String> shell) {
        return new ContainerDefaults(
                hostname,
                domainname,
                user,
                exposedPorts,
                env,
                entrypoint,
                cmd,
                healthcheck,
                argsEscaped,
                volumes,
                workingDir,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }
}
