package dev.priok.engine.spec;

import dev.priok.core.ByteCount;
import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.Healthcheck;
import dev.priok.engine.NamespaceSpec;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.Upkeep;
import dev.priok.engine.device.DeviceRequests;
import dev.priok.ext4.BoundedFileSystem;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** Refuses requests that contradict themselves or ask for what does not exist, in Docker's words. */
public final class SpecCheck {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");
    /** HOST_NAME_MAX, linux/limits.h. */
    private static final int MAXIMUM_HOSTNAME = 64;

    private static final long MINIMUM_HEALTH_NANOS = 1_000_000;

    private SpecCheck() {}

    /** A name that a container may have, without a leading slash. */
    public static String name(String name) {
        String bare = name.startsWith("/") ? name.substring(1) : name;
        if (!NAME.matcher(bare).matches()) {
            throw Failure.invalid("Invalid container name (%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", name);
        }
        return bare;
    }

    /** Checks everything that needs neither image nor other containers; adds warnings. */
    public static void check(ContainerSpec spec, HostFeatures host, List<String> warnings) {
        process(spec);
        spec.restart().validate();
        if (spec.host().autoRemove() && !spec.restart().isNone()) {
            throw Failure.invalid("can't create 'AutoRemove' container with restart policy");
        }
        if (spec.healthcheck() != null) {
            health(spec.healthcheck());
        }
        LimitsCheck.check(spec.limits(), host, warnings);
        if (spec.host().oomScoreAdj() < -1000 || spec.host().oomScoreAdj() > 1000) {
            throw Failure.invalid(
                    "Invalid value %d, range for oom score adj is [-1000, 1000]",
                    spec.host().oomScoreAdj());
        }
        if (spec.storage().shmBytes() < 0) {
            throw Failure.invalid("SHM size can not be less than 0");
        }
        CapabilityNames.validate(spec.security().capAdd(), "capability");
        CapabilityNames.validate(spec.security().capDrop(), "capability");
        SecurityOptions.parse(spec.security());
        spec.host().upkeep().check();
        Upkeep.ofLabels(spec.labels()).check();
        if (spec.host().annotations().containsKey("")) {
            throw Failure.invalid("invalid Annotations: the empty string is not permitted as an annotation key");
        }
        namespaces(spec);
        network(spec);
        features(spec);
        withoutEffect(spec, warnings);
    }

    /** Says what is kept in the configuration and does nothing yet. */
    private static void withoutEffect(ContainerSpec spec, List<String> warnings) {
        NetworkSpec net = spec.network();
        if (net.mode().equals("host") && (!net.portBindings().isEmpty() || net.publishAllPorts())) {
            warnings.add("Published ports are discarded when using host network mode");
        }
    }

    private static void process(ContainerSpec spec) {
        String dir = spec.process().workingDir();
        if (!dir.isEmpty() && !dir.startsWith("/")) {
            throw Failure.invalid("the working directory '%s' is invalid, it needs to be an absolute path", dir);
        }
        for (String entry : spec.process().env()) {
            if (entry.isEmpty() || entry.startsWith("=")) {
                throw Failure.invalid("invalid environment variable: %s", entry);
            }
            if (entry.indexOf('\0') >= 0) {
                throw Failure.invalid("invalid environment variable: it contains a NUL byte");
            }
        }
        if (!spec.process().stopSignal().isEmpty()) {
            Signals.parse(spec.process().stopSignal());
        }
        if (spec.hostname().length() > MAXIMUM_HOSTNAME) {
            throw Failure.invalid("invalid hostname: %s is longer than %d bytes", spec.hostname(), MAXIMUM_HOSTNAME);
        }
    }

    private static void health(Healthcheck health) {
        duration("Interval", health.intervalNanos());
        duration("Timeout", health.timeoutNanos());
        duration("StartPeriod", health.startPeriodNanos());
        duration("StartInterval", health.startIntervalNanos());
        if (health.retries() < 0) {
            throw Failure.invalid("Retries in Healthcheck cannot be negative");
        }
        if (!health.test().isEmpty()
                && !Set.of("NONE", "CMD", "CMD-SHELL").contains(health.test().getFirst())) {
            throw Failure.invalid(
                    "unknown healthcheck type '%s' (expected 'CMD')",
                    health.test().getFirst());
        }
    }

    private static void duration(String field, long nanos) {
        if (nanos != 0 && nanos < MINIMUM_HEALTH_NANOS) {
            throw Failure.invalid("%s in Healthcheck cannot be less than 1ms", field);
        }
    }

    private static void namespaces(ContainerSpec spec) {
        NamespaceSpec ns = spec.namespaces();
        String ipc = ns.ipc();
        if (!Set.of("", "private", "shareable", "none", "host").contains(ipc) && !isContainer(ipc)) {
            throw Failure.invalid("invalid IPC mode: %s", ipc);
        }
        if (!ns.pid().isEmpty() && !ns.pid().equals("host") && !ns.pid().equals("private") && !isContainer(ns.pid())) {
            throw Failure.invalid("invalid PID mode: %s", ns.pid());
        }
        if (!ns.uts().isEmpty() && !ns.uts().equals("host") && !ns.uts().equals("private")) {
            throw Failure.invalid("invalid UTS mode: %s", ns.uts());
        }
        if (!ns.user().isEmpty() && !ns.user().equals("host")) {
            throw Failure.invalid("invalid user namespace mode: %s", ns.user());
        }
        if (!ns.cgroup().isEmpty()
                && !ns.cgroup().equals("host")
                && !ns.cgroup().equals("private")) {
            throw Failure.invalid("invalid cgroup namespace mode: %s", ns.cgroup());
        }
        if (ns.uts().equals("host") && !spec.hostname().isEmpty()) {
            throw Failure.invalid("conflicting options: hostname and the UTS mode");
        }
    }

    /** Refuses what a container cannot have whose users are not the host's, in Docker's words. */
    public static void remapped(ContainerSpec spec) {
        if (spec.security().privileged()) {
            throw Failure.invalid(
                    "privileged mode is incompatible with user namespaces.  You must run the container in the host namespace"
                            + " when running privileged mode");
        }
        if (spec.network().mode().equals("host")) {
            throw Failure.invalid("cannot share the host's network namespace when user namespaces are enabled");
        }
        if (spec.namespaces().pid().equals("host")) {
            throw Failure.invalid("cannot share the host PID namespace when user namespaces are enabled");
        }
    }

    private static void network(ContainerSpec spec) {
        NetworkSpec net = spec.network();
        if (net.mode().equals("host") && !net.links().isEmpty()) {
            throw Failure.invalid(
                    "conflicting options: host type networking can't be used with links. This would result in undefined behavior");
        }
        if (!isContainer(net.mode())) {
            return;
        }
        if (!spec.hostname().isEmpty()) {
            throw Failure.invalid("conflicting options: hostname and the network mode");
        }
        if (!net.links().isEmpty()) {
            throw Failure.invalid(
                    "conflicting options: container type network can't be used with links. This would result in undefined behavior");
        }
        if (!net.dns().isEmpty()) {
            throw Failure.invalid("conflicting options: dns and the network mode");
        }
        if (!net.extraHosts().isEmpty()) {
            throw Failure.invalid("conflicting options: custom host-to-IP mapping and the network mode");
        }
        if (!net.macAddress().isEmpty()) {
            throw Failure.invalid("conflicting options: mac-address and the network mode");
        }
        if (!net.portBindings().isEmpty() || net.publishAllPorts()) {
            throw Failure.invalid("conflicting options: port publishing and the container type network mode");
        }
        if (!net.exposedPorts().isEmpty()) {
            throw Failure.invalid("conflicting options: port exposing and the container type network mode");
        }
    }

    private static void features(ContainerSpec spec) {
        if (!Set.of("", "default").contains(spec.host().isolation())) {
            throw Failure.invalid(
                    "invalid isolation '%s': only 'default' is supported on linux",
                    spec.host().isolation());
        }
        if (!Set.of("", "priok", "runc", "io.containerd.runc.v2")
                .contains(spec.host().runtime())) {
            throw Failure.invalid(
                    "unknown or invalid runtime name: %s", spec.host().runtime());
        }
        DeviceRequests.check(spec.devices().requests());
        storage(spec.storage().options());
    }

    /** The size of what a container writes is the one option there is. */
    private static void storage(Map<String, String> options) {
        for (String name : options.keySet()) {
            if (!name.equalsIgnoreCase("size")) {
                throw Failure.invalid("unknown option %s", name);
            }
        }
        OptionalLong _ = writableBytes(options);
    }

    /** How much a container may write: {@code --storage-opt size=}; empty for as much as there is. */
    public static OptionalLong writableBytes(Map<String, String> options) {
        for (Map.Entry<String, String> option : options.entrySet()) {
            if (option.getKey().equalsIgnoreCase("size")) {
                long bytes = ByteCount.parse(option.getValue()).bytes();
                if (bytes < BoundedFileSystem.leastBytes() || bytes > BoundedFileSystem.mostBytes()) {
                    throw Failure.invalid(
                            "invalid size '%s': what a container writes can be bounded to %d MiB at least and %d TiB at most",
                            option.getValue(),
                            BoundedFileSystem.leastBytes() >> 20,
                            (BoundedFileSystem.mostBytes() >> 40) + 1);
                }
                return OptionalLong.of(bytes);
            }
        }
        return OptionalLong.empty();
    }

    static boolean isContainer(String mode) {
        return mode.startsWith("container:") && mode.length() > "container:".length();
    }
}
