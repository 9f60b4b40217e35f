package dev.priok.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The proof of each field of a create request, by the name that the compatibility table gives it. */
final class FieldProofs {
    private final Map<String, FieldProof> all = new LinkedHashMap<>();
    private final Path shared;
    private final String subnet;

    /**
     * Proofs for one daemon.
     *
     * @param shared a folder of the host with a file {@code f} and a folder {@code d}
     * @param subnet first three numbers of the network {@code fields}
     */
    FieldProofs(Path shared, String subnet) {
        this.shared = shared;
        this.subnet = subnet;
        config();
        healthcheck();
        namespaces();
        security();
        process();
        limits();
        devices();
        storage();
        mounts();
        network();
        endpoints();
        rest();
    }

    Map<String, FieldProof> all() {
        return all;
    }

    private void runs(String field, String config, String host, String script, String printed) {
        add(field, new FieldProof.Runs(config, host, script, Pattern.compile(printed, Pattern.MULTILINE)));
    }

    private void shows(String field, String status, String config, String host, String shown) {
        add(field, new FieldProof.Shows(status, config, host, Pattern.compile(shown)));
    }

    private void refuses(String field, String host, String message) {
        add(field, new FieldProof.Refuses("refused", "", host, Pattern.compile(message)));
    }

    private void elsewhere(Class<?> test, String method, String... fields) {
        for (String field : fields) {
            add(field, new FieldProof.Elsewhere(test, method));
        }
    }

    private void add(String field, FieldProof proof) {
        if (all.put(field, proof) != null) {
            throw new AssertionError(field + " has two proofs");
        }
    }

    private void config() {
        runs("Config.Hostname", "\"Hostname\":\"h1\"", "", "hostname", "^h1$");
        runs("Config.Domainname", "\"Domainname\":\"d1\"", "", "cat /proc/sys/kernel/domainname", "^d1$");
        runs("Config.User", "\"User\":\"1000:2000\"", "", "id -u; id -g", "1000\\s[^0-9]*2000");
        shows("Config.AttachStdin", "kept", "\"AttachStdin\":true", "", "\"AttachStdin\":true");
        shows("Config.AttachStdout", "kept", "\"AttachStdout\":true", "", "\"AttachStdout\":true");
        shows("Config.AttachStderr", "kept", "\"AttachStderr\":true", "", "\"AttachStderr\":true");
        shows("Config.ExposedPorts", "works", "\"ExposedPorts\":{\"81/tcp\":{}}", "", "\"Ports\":\\{\"81/tcp\":null");
        runs("Config.Tty", "\"Tty\":true", "", "tty", "/dev/pts/0");
        elsewhere(RunTest.class, "stdin_reachesTheProcessAndEnds", "Config.OpenStdin", "Config.StdinOnce");
        runs("Config.Env", "\"Env\":[\"A=b c\"]", "", "echo $A", "^b c$");
        runs("Config.Cmd", "\"Cmd\":[\"echo\",\"from cmd\"]", "", "", "from cmd");
        runs("Config.Entrypoint", "\"Cmd\":[\"cmd\"],\"Entrypoint\":[\"echo\",\"entry\"]", "", "", "entry cmd");
        add("Config.ArgsEscaped", new FieldProof.Warns("\"ArgsEscaped\":true", "", Pattern.compile("ArgsEscaped")));
        shows("Config.Image", "works", "", "", "\"Image\":\"bb\"");
        runs("Config.Volumes", "\"Volumes\":{\"/v\":{}}", "", "grep -c ' /v ' /proc/mounts", "^1$");
        runs("Config.WorkingDir", "\"WorkingDir\":\"/new/dir\"", "", "pwd", "^/new/dir$");
        runs("Config.NetworkDisabled", "\"NetworkDisabled\":true", "", "ls /sys/class/net | xargs echo", "^lo$");
        runs(
                "Config.MacAddress",
                "\"MacAddress\":\"02:42:ac:11:22:33\"",
                "",
                "cat /sys/class/net/eth0/address",
                "02:42:ac:11:22:33");
        shows("Config.OnBuild", "kept", "\"OnBuild\":[\"RUN x\"]", "", "\"OnBuild\":\\[\"RUN x\"\\]");
        shows("Config.Labels", "works", "\"Labels\":{\"a\":\"b\"}", "", "\"a\":\"b\"");
        elsewhere(LifecycleTest.class, "stop_sendsTheSignalThenKills", "Config.StopSignal", "Config.StopTimeout");
    }

    private void healthcheck() {
        elsewhere(
                UpkeepTest.class,
                "health_followsEveryField",
                "Config.Healthcheck",
                "Config.Healthcheck.Test",
                "Config.Healthcheck.Interval",
                "Config.Healthcheck.Timeout",
                "Config.Healthcheck.StartPeriod",
                "Config.Healthcheck.StartInterval",
                "Config.Healthcheck.Retries",
                "Config.Shell");
    }

    private void namespaces() {
        same("HostConfig.PidMode", "\"PidMode\":\"host\"", "pid");
        same("HostConfig.IpcMode", "\"IpcMode\":\"host\"", "ipc");
        same("HostConfig.UTSMode", "\"UTSMode\":\"host\"", "uts");
        same("HostConfig.UsernsMode", "\"UsernsMode\":\"host\"", "user");
        runs(
                "HostConfig.CgroupnsMode",
                "",
                "\"CgroupnsMode\":\"private\"",
                "readlink /proc/self/ns/cgroup",
                "cgroup:\\[(?!" + hostNamespace("cgroup") + ")\\d+\\]");
        refuses("HostConfig.Cgroup", "\"Cgroup\":\"container:x\"", "invalid Cgroup: container:x");
    }

    /** The host's namespace is joined. */
    private void same(String field, String host, String type) {
        runs(field, "", host, "readlink /proc/self/ns/" + type, type + ":\\[" + hostNamespace(type) + "\\]");
    }

    private static String hostNamespace(String type) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns", type))
                    .toString()
                    .replaceAll("\\D", "");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void security() {
        String bits = "grep CapEff /proc/self/status";
        runs("HostConfig.CapAdd", "", "\"CapAdd\":[\"SYS_TIME\"]", bits, "00000000aa0425fb|00000000a82425fb|2000000");
        runs("HostConfig.CapDrop", "", "\"CapDrop\":[\"ALL\"]", bits, "0000000000000000");
        runs("HostConfig.Privileged", "", "\"Privileged\":true", "grep Seccomp: /proc/self/status", "Seccomp:\\s+0");
        runs(
                "HostConfig.SecurityOpt",
                "",
                "\"SecurityOpt\":[\"no-new-privileges\"]",
                "grep NoNewPrivs /proc/self/status",
                "NoNewPrivs:\\s+1");
        runs("HostConfig.ReadonlyRootfs", "", "\"ReadonlyRootfs\":true", "touch /x; echo $?", "^1$|Read-only");
        runs("HostConfig.MaskedPaths", "", "\"MaskedPaths\":[]", "grep -c ' /proc/kcore ' /proc/mounts", "^0$");
        runs("HostConfig.ReadonlyPaths", "", "\"ReadonlyPaths\":[]", "grep -c ' /proc/sys ' /proc/mounts", "^0$");
        runs("HostConfig.GroupAdd", "", "\"GroupAdd\":[\"extra\"]", "id -G", "2000");
    }

    private void process() {
        runs("HostConfig.OomScoreAdj", "", "\"OomScoreAdj\":77", "cat /proc/self/oom_score_adj", "^77$");
        runs("HostConfig.Init", "", "\"Init\":true", "tr '\\0' ' ' < /proc/1/cmdline", "/sbin/docker-init");
        runs(
                "HostConfig.Sysctls",
                "",
                "\"Sysctls\":{\"net.ipv4.ip_default_ttl\":\"99\"}",
                "cat /proc/sys/net/ipv4/ip_default_ttl",
                "^99$");
        runs("HostConfig.ConsoleSize", "\"Tty\":true", "\"ConsoleSize\":[30,100]", "stty size", "30 100");
        runs(
                "HostConfig.Ulimits",
                "",
                "\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":77,\"Hard\":78}]",
                "ulimit -Sn; ulimit -Hn",
                "77\\s[^0-9]*78");
        runs(
                "HostConfig.Ulimits.Name",
                "",
                "\"Ulimits\":[{\"Name\":\"core\",\"Soft\":0,\"Hard\":0}]",
                "ulimit -c",
                "^0$");
        elsewhere(FieldsTest.class, "everyField_hasItsProof", "HostConfig.Ulimits.Soft", "HostConfig.Ulimits.Hard");
    }

    private void cgroup(String field, String host, String script, String printed) {
        runs(field, "", host, "cd /sys/fs/cgroup; " + script + " 2>/dev/null; true", printed);
    }

    private void limits() {
        cgroup("HostConfig.Memory", "\"Memory\":33554432", "cat memory/memory.limit_in_bytes memory.max", "33554432");
        cgroup(
                "HostConfig.MemorySwap",
                "\"Memory\":33554432,\"MemorySwap\":67108864",
                "cat memory/memory.memsw.limit_in_bytes; cat memory.swap.max || echo none",
                "67108864|33554432|none");
        cgroup(
                "HostConfig.MemoryReservation",
                "\"MemoryReservation\":16777216",
                "cat memory/memory.soft_limit_in_bytes memory.low",
                "16777216");
        add(
                "HostConfig.MemorySwappiness",
                new FieldProof.Refuses(
                        "works",
                        "",
                        "\"MemorySwappiness\":101",
                        Pattern.compile("valid memory swappiness range is 0-100")));
        cgroup(
                "HostConfig.OomKillDisable",
                "\"OomKillDisable\":true,\"Memory\":33554432",
                "grep oom_kill_disable memory/memory.oom_control || echo v2",
                "oom_kill_disable 1|v2");
        cgroup("HostConfig.NanoCpus", "\"NanoCpus\":500000000", "cat cpu/cpu.cfs_quota_us cpu.max", "^50000");
        cgroup("HostConfig.CpuShares", "\"CpuShares\":512", "cat cpu/cpu.shares cpu.weight", "^512$|^20$|^59$");
        cgroup(
                "HostConfig.CpuPeriod",
                "\"CpuPeriod\":50000,\"CpuQuota\":20000",
                "cat cpu/cpu.cfs_period_us cpu.max",
                "50000");
        cgroup(
                "HostConfig.CpuQuota",
                "\"CpuPeriod\":50000,\"CpuQuota\":20000",
                "cat cpu/cpu.cfs_quota_us cpu.max",
                "20000");
        runs("HostConfig.CpusetCpus", "", "\"CpusetCpus\":\"0\"", "grep Cpus_allowed_list /proc/self/status", "\\s0$");
        runs("HostConfig.CpusetMems", "", "\"CpusetMems\":\"0\"", "grep Mems_allowed_list /proc/self/status", "\\s0$");
        cgroup("HostConfig.PidsLimit", "\"PidsLimit\":33", "cat pids/pids.max pids.max", "^33$");
        // Where the kernel has no groups for real-time a warning says so; where the parent has no time the kernel
        // refuses.
        cgroup(
                "HostConfig.CpuRealtimePeriod",
                "\"CpuRealtimePeriod\":10000",
                "cat cpu/cpu.rt_period_us",
                "^10000$|real-time");
        cgroup(
                "HostConfig.CpuRealtimeRuntime",
                "\"CpuRealtimeRuntime\":1000",
                "cat cpu/cpu.rt_runtime_us",
                "^1000$|cpu.rt_runtime_us cannot be set to 1000|real-time");
        shows(
                "HostConfig.CgroupParent",
                "works",
                "",
                "\"CgroupParent\":\"/priok-fields-of-tests\"",
                "\"CgroupParent\":\"/priok-fields-of-tests\"");
        elsewhere(
                FieldsTest.class,
                "blockIo_arrivesInTheCgroup",
                "HostConfig.BlkioWeight",
                "HostConfig.BlkioWeightDevice",
                "HostConfig.BlkioDeviceReadBps",
                "HostConfig.BlkioDeviceWriteBps",
                "HostConfig.BlkioDeviceReadIOps",
                "HostConfig.BlkioDeviceWriteIOps");
        refuses("HostConfig.KernelMemory", "\"KernelMemory\":1", "KernelMemory is not supported");
        refuses("HostConfig.KernelMemoryTCP", "\"KernelMemoryTCP\":1", "KernelMemoryTCP is not supported");
        for (String field : List.of("CpuCount", "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth")) {
            refuses("HostConfig." + field, "\"" + field + "\":1", field + " is not supported on Linux");
        }
    }

    private void devices() {
        String device =
                "\"Devices\":[{\"PathOnHost\":\"/dev/full\",\"PathInContainer\":\"/dev/zz\",\"CgroupPermissions\":\"r\"}]";
        String script = "head -c1 /dev/zz | wc -c; echo x > /dev/zz";
        runs("HostConfig.Devices", "", device, script, "^1$");
        runs("HostConfig.Devices.PathOnHost", "", device, "ls -l /dev/zz", "1,\\s+7");
        runs("HostConfig.Devices.PathInContainer", "", device, "ls /dev", "zz");
        runs(
                "HostConfig.Devices.CgroupPermissions",
                "",
                device.replace("\"/dev/full\"", "\"/dev/kmsg\"").replace("\"r\"", "\"m\""),
                ": < /dev/zz",
                "not permitted");
        runs(
                "HostConfig.DeviceCgroupRules",
                "",
                "\"DeviceCgroupRules\":[\"c 1:11 r\"],\"CapAdd\":[\"SYSLOG\"]",
                "mknod /k c 1 11; : < /k && echo opened",
                "^opened$");
        elsewhere(
                DeviceTest.class,
                "cdiDevices_areInTheContainer",
                "HostConfig.DeviceRequests",
                "HostConfig.DeviceRequests.Driver",
                "HostConfig.DeviceRequests.DeviceIDs");
        elsewhere(
                DeviceTest.class,
                "otherDrivers_areRefusedInDockersWords",
                "HostConfig.DeviceRequests.Count",
                "HostConfig.DeviceRequests.Capabilities",
                "HostConfig.DeviceRequests.Options");
    }

    private void storage() {
        runs("HostConfig.Binds", "", "\"Binds\":[\"" + shared + ":/b:ro\"]", "cat /b/f; touch /b/x; echo $?", "shared");
        runs("HostConfig.Tmpfs", "", "\"Tmpfs\":{\"/t\":\"size=1m\"}", "grep ' /t ' /proc/mounts", "size=1024k");
        runs("HostConfig.ShmSize", "", "\"ShmSize\":1048576", "grep ' /dev/shm ' /proc/mounts", "size=1024k");
        add(
                "HostConfig.VolumeDriver",
                new FieldProof.Refuses(
                        "works", "", "\"VolumeDriver\":\"nosuch\",\"Binds\":[\"vv:/v\"]", Pattern.compile("nosuch")));
        add(
                "HostConfig.VolumesFrom",
                new FieldProof.Refuses(
                        "works", "", "\"VolumesFrom\":[\"nobody\"]", Pattern.compile("No such container: nobody")));
        elsewhere(StorageOptTest.class, "size_isKept", "HostConfig.StorageOpt");
    }

    private void mount(String field, String mount, String script, String printed) {
        runs("HostConfig.Mounts" + field, "", "\"Mounts\":[{" + mount + "}]", script, printed);
    }

    private void mounts() {
        String bind = "\"Type\":\"bind\",\"Target\":\"/m\",\"Source\":\"" + shared + "\"";
        String volume = "\"Type\":\"volume\",\"Target\":\"/etc\"";
        String tmpfs = "\"Type\":\"tmpfs\",\"Target\":\"/m\"";
        String line = "grep ' /m ' /proc/self/mountinfo";
        mount("", bind, "cat /m/f", "shared");
        mount(".Type", tmpfs, line, " - tmpfs ");
        mount(".Source", bind, "cat /m/f", "shared");
        mount(".Target", bind, line, " /m ");
        mount(".ReadOnly", bind + ",\"ReadOnly\":true", "touch /m/x", "Read-only");
        shows(
                "HostConfig.Mounts.Consistency",
                "kept",
                "",
                "\"Mounts\":[{" + bind + ",\"Consistency\":\"cached\"}]",
                "\"Consistency\":\"cached\"");
        mount(".BindOptions", bind + ",\"BindOptions\":{\"Propagation\":\"rshared\"}", line, " shared:");
        mount(".BindOptions.Propagation", bind + ",\"BindOptions\":{\"Propagation\":\"rslave\"}", line, " master:");
        mount(
                ".BindOptions.NonRecursive",
                bind + ",\"BindOptions\":{\"NonRecursive\":true}",
                "ls /m/d | wc -l; grep -c ' /m/d ' /proc/mounts",
                "^0$");
        mount(
                ".BindOptions.CreateMountpoint",
                "\"Type\":\"bind\",\"Target\":\"/m\",\"Source\":\"" + shared
                        + "/new\",\"BindOptions\":{\"CreateMountpoint\":true}",
                "ls -d /m",
                "/m");
        String readOnly = bind + ",\"ReadOnly\":true,\"BindOptions\":{\"Propagation\":\"rprivate\",";
        mount(
                ".BindOptions.ReadOnlyNonRecursive",
                readOnly + "\"ReadOnlyNonRecursive\":true}",
                "touch /m/d/in && echo written",
                "^written$");
        mount(
                ".BindOptions.ReadOnlyForceRecursive",
                readOnly + "\"ReadOnlyForceRecursive\":true}",
                "touch /m/d/in",
                "Read-only");
        mount(".VolumeOptions", volume, "cat /etc/passwd", "home/app");
        mount(".VolumeOptions.NoCopy", volume + ",\"VolumeOptions\":{\"NoCopy\":true}", "ls /etc", "(?!passwd)");
        elsewhere(
                VolumeTest.class,
                "options_areChecked",
                "HostConfig.Mounts.VolumeOptions.DriverConfig",
                "HostConfig.Mounts.VolumeOptions.DriverConfig.Options",
                "HostConfig.Mounts.VolumeOptions.DriverConfig.Name");
        shows(
                "HostConfig.Mounts.VolumeOptions.Labels",
                "works",
                "",
                "\"Mounts\":[{" + volume + ",\"VolumeOptions\":{\"Labels\":{\"vl\":\"vv\"}}}]",
                "\"vl\":\"vv\"");
        elsewhere(VolumeTest.class, "subpath_staysInItsVolume", "HostConfig.Mounts.VolumeOptions.Subpath");
        elsewhere(
                VolumeTest.class,
                "image_isMountedReadOnly",
                "HostConfig.Mounts.ImageOptions",
                "HostConfig.Mounts.ImageOptions.Subpath");
        mount(".TmpfsOptions", tmpfs + ",\"TmpfsOptions\":{\"Mode\":448}", line, "mode=700");
        mount(".TmpfsOptions.Mode", tmpfs + ",\"TmpfsOptions\":{\"Mode\":511}", line, "mode=777");
        mount(".TmpfsOptions.SizeBytes", tmpfs + ",\"TmpfsOptions\":{\"SizeBytes\":1048576}", line, "size=1024k");
        mount(
                ".TmpfsOptions.Options",
                tmpfs + ",\"TmpfsOptions\":{\"Options\":[[\"exec\"]]}",
                line,
                "rw,nosuid,nodev,re");
        refuses(
                "HostConfig.Mounts.ClusterOptions",
                "\"Mounts\":[{\"Type\":\"cluster\",\"Target\":\"/m\",\"Source\":\"x\",\"ClusterOptions\":{}}]",
                "mount type unknown|cluster");
    }

    private void network() {
        runs("HostConfig.NetworkMode", "", "\"NetworkMode\":\"none\"", "ls /sys/class/net | xargs echo", "^lo$");
        shows(
                "HostConfig.PortBindings",
                "works",
                "",
                "\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"\"}]}",
                "\"Ports\":\\{\"80/tcp\":\\[\\{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"[1-9]\\d+\"");
        elsewhere(
                NetworkTest.class,
                "aPublishedPortIsReachedAndOutlivesTheDaemon",
                "HostConfig.PortBindings.HostIp",
                "HostConfig.PortBindings.HostPort");
        shows(
                "HostConfig.PublishAllPorts",
                "works",
                "\"ExposedPorts\":{\"82/tcp\":{}}",
                "\"PublishAllPorts\":true",
                "\"Ports\":\\{\"82/tcp\":\\[\\{\"HostIp\":\"[^\"]*\",\"HostPort\":\"[1-9]\\d+\"");
        runs("HostConfig.Dns", "", "\"Dns\":[\"192.0.2.5\"]", "cat /etc/resolv.conf", "nameserver 192.0.2.5");
        runs("HostConfig.DnsOptions", "", "\"DnsOptions\":[\"ndots:7\"]", "cat /etc/resolv.conf", "options.* ndots:7");
        runs("HostConfig.DnsSearch", "", "\"DnsSearch\":[\"a.test\"]", "cat /etc/resolv.conf", "search a.test");
        runs(
                "HostConfig.ExtraHosts",
                "",
                "\"ExtraHosts\":[\"x.test:192.0.2.7\"]",
                "cat /etc/hosts",
                "192.0.2.7\\s+x.test");
        elsewhere(LinkTest.class, "link_givesNamesAndVariables", "HostConfig.Links");
    }

    private void endpoint(String field, String settings, String script, String printed) {
        runs(
                "EndpointSettings" + field,
                "\"NetworkingConfig\":{\"EndpointsConfig\":{\"fields\":{" + settings + "}}}",
                "\"NetworkMode\":\"fields\"",
                script,
                printed);
    }

    private void endpoints() {
        String address = "\"IPAMConfig\":{\"IPv4Address\":\"" + subnet + ".77\"}";
        endpoint(".IPAMConfig", address, "ip -o addr show eth0", subnet.replace(".", "\\.") + "\\.77/");
        endpoint(".IPAMConfig.IPv4Address", address, "ip -o addr show eth0", subnet.replace(".", "\\.") + "\\.77/");
        endpoint(
                ".IPAMConfig.IPv6Address",
                "\"IPAMConfig\":{\"IPv6Address\":\"fd00:f1e1:d5::77\"}",
                "ip -o addr show eth0",
                "fd00:f1e1:d5::77/");
        endpoint(
                ".IPAMConfig.LinkLocalIPs",
                "\"IPAMConfig\":{\"LinkLocalIPs\":[\"169.254.1.1\"]}",
                "ip -o addr show eth0",
                "169\\.254\\.1\\.1/16");
        endpoint(".MacAddress", "\"MacAddress\":\"02:42:ac:11:22:44\"", "cat /sys/class/net/eth0/address", "11:22:44");
        endpoint(".Aliases", "\"Aliases\":[\"ally\"]", "nslookup ally 127.0.0.11", subnet.replace(".", "\\."));
        endpoint(
                ".DriverOpts",
                "\"DriverOpts\":{\"com.docker.network.endpoint.ifname\":\"wan0\","
                        + "\"com.docker.network.endpoint.sysctls\":\"net.ipv4.conf.IFNAME.log_martians=1\"}",
                "cat /proc/sys/net/ipv4/conf/wan0/log_martians",
                "^1$");
        elsewhere(LinkTest.class, "link_onAUsersNetwork_isAName", "EndpointSettings.Links");
        elsewhere(FieldsTest.class, "gatewayPriority_choosesTheRoute", "EndpointSettings.GwPriority");
        for (String field : List.of(
                "NetworkID",
                "EndpointID",
                "Gateway",
                "IPAddress",
                "IPPrefixLen",
                "IPv6Gateway",
                "GlobalIPv6Address",
                "GlobalIPv6PrefixLen",
                "DNSNames")) {
            add("EndpointSettings." + field, new FieldProof.Answer());
        }
    }

    private void rest() {
        shows("HostConfig.ContainerIDFile", "kept", "", "\"ContainerIDFile\":\"/f\"", "\"ContainerIDFile\":\"/f\"");
        shows(
                "HostConfig.Annotations",
                "works",
                "",
                "\"Annotations\":{\"n\":\"o\"}",
                "\"Annotations\":\\{\"n\":\"o\"\\}");
        shows("HostConfig.LogConfig", "works", "", "\"LogConfig\":{\"Type\":\"local\"}", "\"Type\":\"local\"");
        shows("HostConfig.LogConfig.Type", "works", "", "\"LogConfig\":{\"Type\":\"none\"}", "\"Type\":\"none\"");
        add(
                "HostConfig.LogConfig.Config",
                new FieldProof.Refuses(
                        "works",
                        "",
                        "\"LogConfig\":{\"Type\":\"json-file\",\"Config\":{\"nope\":\"1\"}}",
                        Pattern.compile("unknown log opt 'nope'")));
        elsewhere(
                LifecycleTest.class,
                "restartPolicy_startsAgain",
                "HostConfig.RestartPolicy",
                "HostConfig.RestartPolicy.Name",
                "HostConfig.RestartPolicy.MaximumRetryCount");
        elsewhere(RunTest.class, "rm_leavesNothing", "HostConfig.AutoRemove");
        add(
                "HostConfig.Runtime",
                new FieldProof.Refuses(
                        "works", "", "\"Runtime\":\"nope\"", Pattern.compile("unknown or invalid runtime name: nope")));
        add(
                "HostConfig.Isolation",
                new FieldProof.Refuses(
                        "works", "", "\"Isolation\":\"hyperv\"", Pattern.compile("invalid isolation 'hyperv'")));
        elsewhere(UpkeepTest.class, "unhealthy_isRestartedWhenAsked", "HostConfig.RestartOnUnhealthy");
        elsewhere(
                UpkeepTest.class,
                "restartDelays_areTunable",
                "HostConfig.RestartDelay",
                "HostConfig.RestartMaxDelay",
                "HostConfig.RestartReset");
        elsewhere(DeviceTest.class, "start_timesOut_andNobodyWaitsForIt", "HostConfig.StartTimeout");
    }
}
