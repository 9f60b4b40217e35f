package dev.priok.runtime.internal;

import dev.priok.oci.OciJson;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.CgroupJoin;
import dev.priok.runtime.Rootfs;
import dev.priok.runtime.SeccompFilter;
import dev.priok.runtime.StartRequest;
import dev.priok.runtime.Stdio;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests and hosts for tests. */
final class Requests {
    static final Path STATE = Path.of("/run/priok/c1");
    static final Path EMPTY = Path.of("/run/priok/empty");
    static final Rootfs OVERLAY = new Rootfs.Mounted(
            "overlay", "overlay", List.of("lowerdir=/l/2:/l/1", "upperdir=/c/upper", "workdir=/c/work", "index=off"));

    private Requests() {}

    static HostFacts host(int major, int minor) {
        Map<Limit, Long> limits = new EnumMap<>(Limit.class);
        for (Limit limit : Limit.values()) {
            limits.put(limit, -1L);
        }
        limits.put(Limit.NOFILE, 20_000L);
        return new HostFacts(major, minor, 0x1fffeffffffL, 40, limits, 0, true, "boot");
    }

    static RuntimeSpec spec(String json) {
        return OciJson.read(json.getBytes(StandardCharsets.UTF_8), RuntimeSpec.class, "test");
    }

    /** A container with a process and the namespaces that it needs, and these further members of the configuration. */
    static RuntimeSpec small(String process, String linux, String rest) {
        return spec("{\"process\":{\"args\":[\"x\"],\"env\":[\"PATH=/bin:/usr/bin\"]" + process + "},\"linux\":{"
                + "\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"uts\"},{\"type\":\"ipc\"}]" + linux + "}" + rest
                + "}");
    }

    static StartRequest request(RuntimeSpec spec) {
        boolean terminal = spec.process() != null && spec.process().terminal();
        Stdio stdio = terminal
                ? new Stdio.Terminal(Optional.empty(), Stdio.Journals.NONE, true)
                : new Stdio.Pipes(false, Stdio.Journals.NONE, true);
        return new StartRequest("c1", spec, OVERLAY, stdio, CgroupJoin.NONE, Optional.<SeccompFilter>empty(), STATE);
    }

    static StartRequest request(RuntimeSpec spec, SeccompFilter filter) {
        StartRequest r = request(spec);
        return new StartRequest(r.id(), spec, r.rootfs(), r.stdio(), r.cgroup(), Optional.of(filter), r.state());
    }

    /** The steps as they are printed, without their indentation. */
    static List<String> steps(StartRequest request, HostFacts host) {
        return Plans.print(request, host, EMPTY).stream().map(String::strip).toList();
    }

    static List<String> steps(StartRequest request) {
        return steps(request, host(6, 18));
    }
}
