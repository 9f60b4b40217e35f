package dev.priok.cli.template;

import java.util.Set;

/**
 * What stands for null or for a field that a daemon left out. Docker's client reads answers into typed structures, so there
 * an absent list prints as {@code []} and an absent map as {@code map[]}; the names of the fields tell which they are.
 */
public enum Nothing {
    LIST("[]"),
    MAP("map[]"),
    POINTER("<nil>"),
    TEXT(""),
    /** A key that a free map does not have. */
    NO_VALUE("<no value>");

    private static final Set<String> LISTS = Set.of(
            "Args",
            "Binds",
            "BlkioDeviceReadBps",
            "BlkioDeviceReadIOps",
            "BlkioDeviceWriteBps",
            "BlkioDeviceWriteIOps",
            "BlkioWeightDevice",
            "CapAdd",
            "CapDrop",
            "Cmd",
            "DeviceCgroupRules",
            "DeviceRequests",
            "Devices",
            "Dns",
            "DnsOptions",
            "DnsSearch",
            "Entrypoint",
            "Env",
            "ExecIDs",
            "ExtraHosts",
            "GroupAdd",
            "Links",
            "Mounts",
            "OnBuild",
            "RepoDigests",
            "RepoTags",
            "SecurityOpt",
            "Shell",
            "Ulimits",
            "VolumesFrom",
            "Warnings");

    /** Maps whose keys are the user's: a missing key is no error there. */
    private static final Set<String> FREE_MAPS = Set.of(
            "Annotations",
            "Attributes",
            "Data",
            "DriverOpts",
            "ExposedPorts",
            "Labels",
            "Networks",
            "Options",
            "PortBindings",
            "Ports",
            "StorageOpt",
            "Sysctls",
            "Tmpfs",
            "Volumes");

    private static final Set<String> POINTERS = Set.of(
            "GraphDriver",
            "Health",
            "Healthcheck",
            "ImageManifestDescriptor",
            "Init",
            "OomKillDisable",
            "PidsLimit",
            "SizeRootFs",
            "SizeRw",
            "Status",
            "StopTimeout",
            "UsageData");

    private static final Set<String> TEXTS = Set.of(
            "Author", "Comment", "Domainname", "Error", "MacAddress", "Parent", "Platform", "StopSignal", "User");

    private final String printed;

    Nothing(String printed) {
        this.printed = printed;
    }

    /** What a null in the field {@code name} is. */
    static Nothing ofNull(String name) {
        return LISTS.contains(name) ? LIST : FREE_MAPS.contains(name) ? MAP : POINTER;
    }

    /** What a left-out field {@code name} is; {@link #NO_VALUE} when no daemon leaves it out. */
    static Nothing ofAbsent(String name) {
        if (POINTERS.contains(name)) {
            return POINTER;
        }
        if (TEXTS.contains(name)) {
            return TEXT;
        }
        return LISTS.contains(name) ? LIST : FREE_MAPS.contains(name) ? MAP : NO_VALUE;
    }

    static boolean isFreeMap(String name) {
        return FREE_MAPS.contains(name);
    }

    @Override
    public String toString() {
        return printed;
    }
}
