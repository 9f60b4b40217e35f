package dev.priok.runtime.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.init.Program;
import dev.priok.oci.runtime.RuntimeSpec;
import dev.priok.runtime.SeccompFilter;
import dev.priok.runtime.StartRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Given this configuration, exactly these steps. */
class StartPlanTest {
    private static final String GOLDEN = "docker-like.steps";

    /** Set it to write the golden file anew, then read the difference. */
    private static final String UPDATE = "priok.golden.update";

    private static String resource(String name) throws IOException {
        try (var in = Objects.requireNonNull(StartPlanTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void dockerLike_isExactlyThis() throws IOException {
        StartRequest request = Requests.request(Requests.spec(resource("docker-like.json")), filter());
        List<String> lines = Plans.print(request, Requests.host(6, 18), Requests.EMPTY);
        String text = String.join("\n", lines) + "\n";
        if (Boolean.getBoolean(UPDATE)) {
            Files.writeString(Path.of("src/test/resources/dev/priok/runtime/internal", GOLDEN), text);
        }
        assertEquals(resource(GOLDEN), text);
    }

    private static SeccompFilter filter() {
        return SeccompFilter.of(new byte[24], 0);
    }

    @Test
    void overlay_oldKernel_isMountedTheOldWay() {
        List<String> steps = Requests.steps(Requests.request(Requests.small("", "", "")), Requests.host(6, 1));
        assertTrue(
                steps.contains("mount(\"overlay\", \"/run/priok/c1\", \"overlay\", 0,"
                        + " \"lowerdir=/l/2:/l/1,upperdir=/c/upper,workdir=/c/work,index=off\")"),
                steps.toString());
        assertFalse(steps.stream().anyMatch(step -> step.contains("lowerdir+")));
    }

    @Test
    void seccomp_isInstalledWhileItMayBe() {
        RuntimeSpec with = Requests.small(",\"noNewPrivileges\":true", "", "");
        List<String> last = Requests.steps(Requests.request(with, filter()));
        assertTrue(index(last, "seccomp(") > index(last, "capset("), "with no_new_privs it comes last");
        assertTrue(index(last, "prctl(PR_SET_NO_NEW_PRIVS") < index(last, "seccomp("));
        List<String> first = Requests.steps(Requests.request(Requests.small("", "", ""), filter()));
        assertTrue(index(first, "seccomp(") < index(first, "prctl(PR_CAPBSET_DROP"), "else it needs CAP_SYS_ADMIN");
    }

    private static int index(List<String> steps, String start) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).startsWith(start)) {
                return i;
            }
        }
        throw new AssertionError("no " + start + " in " + steps);
    }

    @Test
    void namespaces_joinedAndNew() {
        List<String> steps = Requests.steps(Requests.request(Requests.spec("""
                {"process":{"args":["/x"]},"linux":{"namespaces":[{"type":"mount"},{"type":"cgroup"},
                 {"type":"pid","path":"/proc/7/ns/pid"},{"type":"network","path":"/run/netns/a"}]}}
                """)));
        assertTrue(index(steps, "setns(pidns, CLONE_NEWPID)") < index(steps, "clone3("), "the monitor joins it");
        assertTrue(index(steps, "setns(netns, CLONE_NEWNET)") > index(steps, "clone3("));
        assertTrue(steps.get(index(steps, "clone3(")).contains("{flags=CLONE_PIDFD|CLONE_VFORK|CLONE_NEWNS,"));
        index(steps, "unshare(CLONE_NEWCGROUP)");
        assertFalse(steps.stream().anyMatch(step -> step.contains("SIOCSIFFLAGS")), "a joined network is up to others");
    }

    @Test
    void path_isSearchedInOrder() {
        List<String> steps = Requests.steps(Requests.request(Requests.small("", "", "")));
        List<String> tries =
                steps.stream().filter(step -> step.startsWith("execve(")).toList();
        assertEquals(
                List.of(
                        "execve(\"/bin/x\", [x], /* 1 vars */) or ENOENT|ENOTDIR|EACCES (noted)",
                        "execve(\"/usr/bin/x\", [x], /* 1 vars */) or ENOENT|ENOTDIR|EACCES (noted)"),
                tries);
    }

    @Test
    void devices_ofTheHost_areLeftAlone() {
        List<String> steps = Requests.steps(
                Requests.request(
                        Requests.small(
                                "",
                                "",
                                ",\"mounts\":[{\"destination\":\"/dev\",\"type\":\"bind\",\"source\":\"/dev\",\"options\":[\"rbind\"]}]")));
        assertFalse(steps.stream().anyMatch(step -> step.startsWith("mknodat(")));
    }

    @Test
    void readonlyTmpfs_isReadonlyAfterWhatIsMountedInIt() {
        List<String> steps = Requests.steps(Requests.request(Requests.small(
                "",
                "",
                ",\"mounts\":[{\"destination\":\"/run\",\"type\":\"tmpfs\",\"options\":[\"ro\"]},"
                        + "{\"destination\":\"/run/x\",\"type\":\"tmpfs\"}]")));
        assertTrue(steps.contains("fsmount(fs:/run, FSMOUNT_CLOEXEC, 0) = mount:/run"), steps.toString());
        assertTrue(index(steps, "mount_setattr(mount:/run,") > index(steps, "move_mount(mount:/run/x,"));
    }

    @Test
    void labels_areWrittenThroughOurOwnProc() {
        List<String> steps =
                Requests.steps(Requests.request(Requests.small(",\"apparmorProfile\":\"docker-default\"", "", "")));
        assertEquals(
                "write(proc:self/attr/apparmor/exec, \"exec docker-default\", 19)",
                steps.get(index(steps, "write(proc:")));
        assertTrue(index(steps, "openat2(mount:procfs, \"self/attr/apparmor/exec\"") > index(steps, "pivot_root("));
    }

    @Test
    void userNamespace_ownsAllOthers() {
        List<String> steps = Requests.steps(Requests.request(Requests.spec("""
                {"process":{"args":["/x"],"oomScoreAdj":-5,"rlimits":[{"type":"RLIMIT_NOFILE","hard":50000,"soft":9}]},
                 "mounts":[{"destination":"/data","type":"bind","source":"/srv","options":["rbind","ro"]}],
                 "linux":{"namespaces":[{"type":"mount"},{"type":"user"},{"type":"pid"},{"type":"network"}],
                 "maskedPaths":["/proc/keys"],
                 "uidMappings":[{"containerID":0,"hostID":100000,"size":65536}],
                 "gidMappings":[{"containerID":0,"hostID":100000,"size":65536}]}}
                """)), host(1L << 24));
        int joined = index(steps, "setns(userns, CLONE_NEWUSER)");
        int cloned = index(steps, "clone3(");
        int root = index(steps, "setresuid(0, 0, 0)");
        assertTrue(joined < cloned, "the monitor joins it, so that it owns what is cloned");
        assertFalse(steps.get(cloned).contains("CLONE_NEWUSER"), steps.get(cloned));
        assertTrue(index(steps, "open_tree(AT_FDCWD, \"/srv\"") < joined, "by the privileges of outside");
        assertTrue(index(steps, "prlimit64(0, RLIMIT_NOFILE, {20000, 50000}") < joined, "raised by the host's root");
        assertTrue(index(steps, "write(proc:self/oom_score_adj, \"-5\"") < joined);
        assertTrue(index(steps, "move_mount(rootfs") < root, "the place of the root is closed to others");
        assertTrue(index(steps, "openat(AT_FDCWD, \"/run/priok/empty\"") < root);
        assertTrue(index(steps, "fsopen(\"proc\"") > root, "procfs belongs to the root inside");
        assertFalse(steps.stream().anyMatch(step -> step.startsWith("mknodat(")), "nodes would not work");
        index(steps, "open_tree(AT_FDCWD, \"/dev/null\"");
    }

    private static HostFacts host(long capabilities) {
        HostFacts host = Requests.host(6, 18);
        return new HostFacts(
                host.kernelMajor(),
                host.kernelMinor(),
                capabilities,
                host.lastCapability(),
                host.hardLimits(),
                host.oomScoreAdj(),
                host.hasKcore(),
                host.bootId());
    }

    @Test
    void sysfs_ofAnotherNetwork_isBoundWhereItCannotBeMounted() {
        List<String> steps = Requests.steps(Requests.request(Requests.small(
                "",
                ",\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}],\"namespaces\":"
                        + "[{\"type\":\"mount\"},{\"type\":\"user\"}]",
                ",\"mounts\":[{\"destination\":\"/sys\",\"type\":\"sysfs\",\"options\":[\"ro\"]}]")));
        index(steps, "fsopen(\"sysfs\", FSOPEN_CLOEXEC) = fs:/sys or EPERM");
        index(steps, "open_tree(AT_FDCWD, \"/sys\"");
    }

    @Test
    void limits_aboveTheHosts_areLoweredWithAWarning() {
        StartRequest request = Requests.request(Requests.small(
                ",\"oomScoreAdj\":-500,\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"hard\":50000,\"soft\":40000}]",
                "",
                ""));
        StartPlan plan = new StartPlan(
                request, Plans.symbolic(request, Requests.host(6, 18)), Requests.host(6, 18), Requests.EMPTY);
        String steps = String.join("\n", Program.describe(plan.steps()));
        assertTrue(steps.contains("prlimit64(0, RLIMIT_NOFILE, {20000, 20000}, 0)"), steps);
        assertFalse(steps.contains("oom_score_adj"));
        assertEquals(
                List.of(
                        "oom score adjustment of -500 needs CAP_SYS_RESOURCE and is left at 0",
                        "hard limit RLIMIT_NOFILE of 50000 needs CAP_SYS_RESOURCE and is 20000 instead"),
                plan.warnings());
    }

    @Test
    void impossibleConfigurations_areInvalid() {
        assertInvalid("the configuration of c1 has no process", "{\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]}}");
        assertInvalid("a container needs a mount namespace of its own", "{\"process\":{\"args\":[\"x\"]}}");
        assertInvalid(
                "namespace is named twice: PID",
                "{\"process\":{\"args\":[\"x\"]},\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"pid\"}]}}");
        assertInvalid("no command specified", Requests.small(",\"args\":[]", "", ""));
        assertInvalid(
                "sysctl net.ipv4.ip_forward is not in a separate kernel namespace",
                Requests.small("", ",\"sysctl\":{\"net.ipv4.ip_forward\":\"1\"}", ""));
        assertInvalid(
                "sysctl kernel.panic is not in a separate kernel namespace",
                Requests.small("", ",\"sysctl\":{\"kernel.panic\":\"1\"}", ""));
        assertInvalid(
                "unknown capability: CAP_FLY",
                Requests.small(",\"capabilities\":{\"bounding\":[\"CAP_FLY\"]}", "", ""));
        assertInvalid(
                "unknown limit: RLIMIT_X",
                Requests.small(",\"rlimits\":[{\"type\":\"RLIMIT_X\",\"hard\":1,\"soft\":1}]", "", ""));
        assertInvalid(
                "soft limit of RLIMIT_CPU is above the hard limit: 2 > 1",
                Requests.small(",\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"hard\":1,\"soft\":2}]", "", ""));
        assertInvalid(
                "/proc/self cannot be mounted because it is inside /proc",
                Requests.small("", "", ",\"mounts\":[{\"destination\":\"/proc/self\",\"type\":\"tmpfs\"}]"));
        assertInvalid(
                "nothing can be mounted over the root: /a/..",
                Requests.small("", "", ",\"mounts\":[{\"destination\":\"/a/..\",\"type\":\"tmpfs\"}]"));
        assertInvalid(
                "the source of a bind is not an absolute path: data",
                Requests.small("", "", ",\"mounts\":[{\"destination\":\"/a\",\"type\":\"bind\",\"source\":\"data\"}]"));
        assertInvalid(
                "no cgroup to be mounted at /sys/fs/cgroup",
                Requests.small("", "", ",\"mounts\":[{\"destination\":\"/sys/fs/cgroup\",\"type\":\"cgroup\"}]"));
        assertInvalid(
                "unknown propagation of the root: rubbish",
                Requests.small("", ",\"rootfsPropagation\":\"rubbish\"", ""));
    }

    private static void assertInvalid(String message, String json) {
        assertInvalid(message, Requests.spec(json));
    }

    private static void assertInvalid(String message, RuntimeSpec spec) {
        Failure failure = assertThrows(Failure.class, () -> Requests.steps(Requests.request(spec)));
        assertEquals(message, failure.getMessage());
        assertEquals(Failure.Kind.INVALID, failure.kind());
    }
}
