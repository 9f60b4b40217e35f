package dev.priok.oci.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.oci.OciJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuntimeSpecTest {
    private static final String CONFIG = """
            {"ociVersion":"1.2.1","process":{"terminal":true,"consoleSize":{"height":24,"width":80},
             "user":{"uid":1000,"gid":1000,"additionalGids":[5,6],"umask":63},"args":["sh"],"env":["A=b"],"cwd":"/srv",
             "capabilities":{"bounding":["CAP_CHOWN"],"effective":["CAP_CHOWN"],"permitted":["CAP_CHOWN"]},
             "rlimits":[{"type":"RLIMIT_NOFILE","hard":18446744073709551615,"soft":1024}],"noNewPrivileges":true,
             "ioPriority":{"class":"IOPRIO_CLASS_BE","priority":4},"oomScoreAdj":-5},
             "root":{"path":"rootfs","readonly":true},"hostname":"box",
             "mounts":[{"destination":"/proc","type":"proc","source":"proc","options":["nosuid"]}],
             "linux":{"namespaces":[{"type":"pid"},{"type":"network","path":"/proc/1/ns/net"}],
              "sysctl":{"net.ipv4.ip_forward":"1"},"cgroupsPath":"/docker/x",
              "resources":{"devices":[{"allow":false,"access":"rwm"}],"memory":{"limit":6291456},
               "blockIO":{"weight":10},"unified":{"memory.high":"1"}},
              "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["personality"],"action":"SCMP_ACT_ALLOW",
               "args":[{"index":0,"value":18446744073709551615,"op":"SCMP_CMP_EQ"}]}]},
              "timeOffsets":{"monotonic":{"secs":1}},"intelRdt":{"l3CacheSchema":"x"}},"solaris":{}}
            """;

    @Test
    void read_everything_keepsIt() {
        RuntimeSpec spec = read(CONFIG);
        assertEquals(spec, OciJson.read(OciJson.write(spec), RuntimeSpec.class, "config"));
        assertEquals(-1L, spec.process().rlimits().getFirst().hard());
        assertEquals(
                -1L,
                spec.linux().seccomp().syscalls().getFirst().args().getFirst().value());
        assertEquals(
                LinuxSpec.NamespaceType.NETWORK,
                spec.linux().namespaces().get(1).type());
        assertEquals("IOPRIO_CLASS_BE", spec.process().ioPriority().ioClass());
        assertEquals(6291456L, spec.linux().resources().memory().limit());
        assertEquals(List.of(5, 6), spec.process().user().additionalGids());
    }

    @Test
    void read_nothing_isEmptyNotNull() {
        RuntimeSpec spec = read("{}");
        assertNull(spec.process());
        assertEquals(List.of(), spec.mounts());
        assertEquals(List.of(), spec.linux().namespaces());
        assertNull(spec.linux().seccomp());
    }

    @Test
    void write_unlimited_isUnsigned() {
        RuntimeSpec spec = read(CONFIG);
        String json = new String(OciJson.write(spec), StandardCharsets.UTF_8);
        assertTrue(json.contains("\"hard\":18446744073709551615"), json);
        assertTrue(json.contains("{\"type\":\"pid\"}"), json);
    }

    @Test
    void read_numberTooBig_isInvalid() {
        Failure failure = assertThrows(
                Failure.class,
                () -> read("{\"process\":{\"rlimits\":[{\"type\":\"X\",\"hard\":18446744073709551616,\"soft\":1}]}}"));
        assertEquals(Failure.Kind.INVALID, failure.kind());
    }

    private static RuntimeSpec read(String json) {
        return OciJson.read(json.getBytes(StandardCharsets.UTF_8), RuntimeSpec.class, "config");
    }
}
