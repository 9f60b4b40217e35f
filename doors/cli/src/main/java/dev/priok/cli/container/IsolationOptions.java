package dev.priok.cli.container;

import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.NumberOption;
import dev.priok.cli.option.Options;
import dev.priok.cli.option.TextOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The options about what a container may do: capabilities, namespaces, devices, security profiles. */
final class IsolationOptions {
    private static final String SECCOMP = "seccomp=";

    private final ListOption capAdd;
    private final ListOption capDrop;
    /** A device by the name that a file of the Container Device Interface gives it, not by a path. */
    private static final Pattern DESCRIBED = Pattern.compile("[A-Za-z][\\w.-]*/[A-Za-z][\\w-]*=[\\w.:-]+");

    private final ListOption device;
    private final ListOption deviceCgroupRule;
    private final ListOption groupAdd;
    private final TextOption ipc;
    private final Flag oomKillDisable;
    private final NumberOption oomScoreAdj;
    private final TextOption pid;
    private final Flag privileged;
    private final Flag readOnly;
    private final TextOption runtime;
    private final ListOption securityOpt;
    private final ListOption ulimit;
    private final TextOption userns;
    private final TextOption uts;

    IsolationOptions(Options options) {
        capAdd = options.list("cap-add", "Add Linux capabilities");
        capDrop = options.list("cap-drop", "Drop Linux capabilities");
        device = options.list("device", "Device of the host: PATH[:PATH_INSIDE[:rwm]], or VENDOR/CLASS=NAME");
        deviceCgroupRule = options.list("device-cgroup-rule", "Add a rule to the list of allowed devices");
        groupAdd = options.list("group-add", "Join more groups");
        ipc = options.text("ipc", "IPC namespace to use");
        oomKillDisable = options.flag("oom-kill-disable", "Do not kill it when memory runs out");
        oomScoreAdj = options.number("oom-score-adj", 0, "How soon it is killed when memory runs out (-1000 to 1000)");
        pid = options.text("pid", "PID namespace to use");
        privileged = options.flag("privileged", "Give the container every right of the host's root");
        readOnly = options.flag("read-only", "Mount the container's root file system read-only");
        runtime = options.text("runtime", "Runtime to use for this container");
        securityOpt = options.list("security-opt", "Security option");
        ulimit = options.list(
                '\0', "ulimit", "ulimit", "Limit of processes: NAME=SOFT[:HARD]", ResourceOptions::checkUlimit);
        userns = options.text("userns", "User namespace to use");
        uts = options.text("uts", "UTS namespace to use");
    }

    void addTo(Map<String, Object> hostConfig) throws IOException {
        ResourceOptions.add(hostConfig, capAdd, "CapAdd");
        ResourceOptions.add(hostConfig, capDrop, "CapDrop");
        ResourceOptions.add(hostConfig, deviceCgroupRule, "DeviceCgroupRules");
        ResourceOptions.add(hostConfig, groupAdd, "GroupAdd");
        ResourceOptions.add(hostConfig, ipc, "IpcMode");
        ResourceOptions.add(hostConfig, oomKillDisable, "OomKillDisable");
        ResourceOptions.add(hostConfig, oomScoreAdj, "OomScoreAdj");
        ResourceOptions.add(hostConfig, pid, "PidMode");
        ResourceOptions.add(hostConfig, privileged, "Privileged");
        ResourceOptions.add(hostConfig, readOnly, "ReadonlyRootfs");
        ResourceOptions.add(hostConfig, runtime, "Runtime");
        ResourceOptions.add(hostConfig, userns, "UsernsMode");
        ResourceOptions.add(hostConfig, uts, "UTSMode");
        if (ulimit.isSet()) {
            hostConfig.put("Ulimits", ResourceOptions.ulimits(ulimit.values()));
        }
        if (device.isSet()) {
            List<Map<String, Object>> devices = new ArrayList<>();
            List<String> described = new ArrayList<>();
            for (String text : device.values()) {
                if (DESCRIBED.matcher(text).matches()) {
                    described.add(text);
                } else {
                    devices.add(device(text));
                }
            }
            hostConfig.put("Devices", devices);
            if (!described.isEmpty()) {
                hostConfig.put("DeviceRequests", List.of(Map.of("Driver", "cdi", "DeviceIDs", described)));
            }
        }
        addSecurity(hostConfig);
    }

    private void addSecurity(Map<String, Object> hostConfig) throws IOException {
        List<String> kept = new ArrayList<>();
        for (String text : securityOpt.values()) {
            if (text.equals("systempaths=unconfined")) {
                hostConfig.put("MaskedPaths", List.of());
                hostConfig.put("ReadonlyPaths", List.of());
            } else if (text.startsWith(SECCOMP)) {
                kept.add(SECCOMP + seccomp(text.substring(SECCOMP.length())));
            } else if (text.indexOf('=') < 0 && text.indexOf(':') < 0 && !text.equals("no-new-privileges")) {
                throw ContainerOptions.refuse("invalid --security-opt: \"" + text + "\"");
            } else {
                kept.add(text);
            }
        }
        if (!kept.isEmpty()) {
            hostConfig.put("SecurityOpt", kept);
        }
    }

    /** A profile travels as its text: the daemon does not see this side's files. */
    private static String seccomp(String value) throws IOException {
        if (value.equals("unconfined") || value.equals("builtin") || value.isEmpty()) {
            return value;
        }
        Path file = Path.of(value);
        if (!Files.isReadable(file)) {
            throw ContainerOptions.refuse("opening seccomp profile (" + value + ") failed: no such file or directory");
        }
        return Files.readString(file);
    }

    private static Map<String, Object> device(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length > 3 || parts[0].isEmpty()) {
            throw ContainerOptions.refuse("invalid device specification: " + text);
        }
        boolean secondIsMode = parts.length == 2 && isMode(parts[1]);
        String inside = parts.length > 1 && !secondIsMode ? parts[1] : parts[0];
        String mode = secondIsMode ? parts[1] : parts.length == 3 ? parts[2] : "rwm";
        if (!isMode(mode)) {
            throw ContainerOptions.refuse("invalid device mode: " + mode);
        }
        Map<String, Object> device = new LinkedHashMap<>();
        device.put("PathOnHost", parts[0]);
        device.put("PathInContainer", inside);
        device.put("CgroupPermissions", mode);
        return device;
    }

    private static boolean isMode(String text) {
        if (text.isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if ("rwm".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }
}
