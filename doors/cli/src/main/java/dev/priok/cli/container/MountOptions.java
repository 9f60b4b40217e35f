package dev.priok.cli.container;

import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.Options;
import dev.priok.cli.option.TextOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The options that bring files into a container. */
final class MountOptions {
    private final ListOption mount;
    private final ListOption tmpfs;
    private final ListOption volume;
    private final TextOption volumeDriver;
    private final ListOption volumesFrom;

    MountOptions(Options options) {
        mount = options.list('\0', "mount", "mount", "Mount: type=bind,source=PATH,target=PATH[,readonly]", _ -> {});
        tmpfs = options.list("tmpfs", "Folder in memory: PATH[:OPTIONS]");
        volume = options.list('v', "volume", "Folder of the host or volume: [SOURCE:]PATH[:ro]");
        volumeDriver = options.text("volume-driver", "Driver for volumes that are made");
        volumesFrom = options.list("volumes-from", "Container whose volumes to mount too");
    }

    void addTo(Map<String, Object> config, Map<String, Object> hostConfig) {
        List<String> binds = new ArrayList<>();
        Map<String, Object> anonymous = new LinkedHashMap<>();
        for (String text : volume.values()) {
            if (text.indexOf(':') < 0) {
                anonymous.put(text, Map.of());
            } else {
                binds.add(absolute(text));
            }
        }
        if (!binds.isEmpty()) {
            hostConfig.put("Binds", binds);
        }
        if (!anonymous.isEmpty()) {
            config.put("Volumes", anonymous);
        }
        if (mount.isSet()) {
            List<Map<String, Object>> mounts = new ArrayList<>();
            mount.values().forEach(text -> mounts.add(MountSpec.parse(text)));
            hostConfig.put("Mounts", mounts);
        }
        if (tmpfs.isSet()) {
            Map<String, Object> folders = new LinkedHashMap<>();
            for (String text : tmpfs.values()) {
                int colon = text.indexOf(':');
                folders.put(colon < 0 ? text : text.substring(0, colon), colon < 0 ? "" : text.substring(colon + 1));
            }
            hostConfig.put("Tmpfs", folders);
        }
        ResourceOptions.add(hostConfig, volumeDriver, "VolumeDriver");
        ResourceOptions.add(hostConfig, volumesFrom, "VolumesFrom");
    }

    /** The daemon has another working folder: {@code ./data:/data} is made absolute here. */
    private static String absolute(String bind) {
        if (!bind.startsWith(".")) {
            return bind;
        }
        int colon = bind.indexOf(':');
        return Path.of(bind.substring(0, colon)).toAbsolutePath().normalize() + bind.substring(colon);
    }
}
