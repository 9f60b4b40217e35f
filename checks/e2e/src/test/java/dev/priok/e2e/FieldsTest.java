package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.priok.api.ContainerConfig;
import dev.priok.api.EndpointSettings;
import dev.priok.api.HostConfig;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * No field of a create request is silently ignored: each that Docker's API or ours has stands in the table of
 * docs/compatibility.md, with a proof that what the table says is so.
 */
@ExtendWith(SharedDaemon.class)
class FieldsTest {
    private static final Path TABLE = Path.of("../../docs/compatibility.md");

    /** {@code | Object | status | `Field`, `Field` | remark |}. */
    private static final Pattern ROW =
            Pattern.compile("\\| `([\\w.]+)` \\| (works|refused|told|kept|answer) \\| ([^|]*) \\|.*");

    /** Of a frame of logs: the stream and a length that fits a byte or two. */
    private static final Pattern HEADER = Pattern.compile("[\\x01\\x02]\\x00{3}....", Pattern.DOTALL);

    private static final Pattern NAME = Pattern.compile("`([\\w.]+)`");

    /** Fields of Docker's API 1.51 that our documents do not have (moby {@code api/types}). */
    private static final List<String> MORE_OF_DOCKERS = List.of(
            "HostConfig.Mounts.ClusterOptions",
            "EndpointSettings.NetworkID",
            "EndpointSettings.EndpointID",
            "EndpointSettings.Gateway",
            "EndpointSettings.IPAddress",
            "EndpointSettings.IPPrefixLen",
            "EndpointSettings.IPv6Gateway",
            "EndpointSettings.GlobalIPv6Address",
            "EndpointSettings.GlobalIPv6PrefixLen",
            "EndpointSettings.DNSNames");

    @TempDir
    static Path shared;

    private static RawHttp http;
    private static Docker docker;
    private static Map<String, FieldProof> proofs;

    @BeforeAll
    static void prepare() throws IOException {
        TestDaemon daemon = SharedDaemon.get();
        http = new RawHttp(daemon.socket());
        docker = daemon.docker();
        String subnet = "10.199." + TestNetwork.of(daemon.root()).number() % 256;
        docker.ok(
                "network", "create", "--ipv6", "--subnet", subnet + ".0/24", "--subnet", "fd00:f1e1:d5::/64", "fields");
        Files.writeString(shared.resolve("f"), "shared");
        Files.createDirectories(shared.resolve("d"));
        host("mount", "--bind", shared.toString(), shared.toString());
        host("mount", "--make-shared", shared.toString());
        host("mount", "-t", "tmpfs", "below", shared.resolve("d").toString());
        Files.writeString(shared.resolve("d/below"), "");
        proofs = new FieldProofs(shared, subnet).all();
    }

    @AfterAll
    static void tidy() throws IOException {
        docker.run("network", "rm", "fields");
        host("umount", shared.resolve("d").toString());
        host("umount", shared.toString());
        for (Path cgroup : Leftovers.cgroups("priok-fields-of-tests")) {
            Files.deleteIfExists(cgroup);
        }
    }

    private static void host(String... command) {
        Program.run(Map.of(), new byte[0], List.of(command)).ok();
    }

    @Test
    void table_namesEveryFieldOnce() throws IOException {
        Set<String> wanted = new TreeSet<>(MORE_OF_DOCKERS);
        fields("Config", ContainerConfig.class, wanted);
        fields("HostConfig", HostConfig.class, wanted);
        fields("EndpointSettings", EndpointSettings.class, wanted);
        assertEquals(wanted, table().keySet(), "docs/compatibility.md against the fields there are");
    }

    @Test
    void everyField_hasItsProof() throws Exception {
        Map<String, String> stated = new TreeMap<>();
        proofs.forEach((field, proof) -> stated.put(field, proof.status()));
        assertEquals(table(), stated, "docs/compatibility.md against the proofs");
        for (FieldProof proof : proofs.values()) {
            if (proof instanceof FieldProof.Elsewhere(Class<?> test, String method)) {
                assertTrue(
                        Arrays.stream(test.getDeclaredMethods())
                                .anyMatch(m -> m.getName().equals(method) && m.getAnnotations().length > 0),
                        test + " has no test " + method);
            }
        }
    }

    /** The names of a record's members in JSON, and of those of the records in it. */
    private static void fields(String owner, Class<?> type, Set<String> found) {
        for (RecordComponent member : type.getRecordComponents()) {
            JsonProperty named = member.getAccessor().getAnnotation(JsonProperty.class);
            String name = member.getName();
            String path = owner + "."
                    + (named != null ? named.value() : Character.toUpperCase(name.charAt(0)) + name.substring(1));
            found.add(path);
            Class<?> inner = inner(member);
            // Log and rate records of block devices are proven with the field that has them.
            if (inner.isRecord()
                    && !inner.equals(HostConfig.WeightDevice.class)
                    && !inner.equals(HostConfig.RateDevice.class)) {
                fields(path, inner, found);
            }
        }
    }

    private static Class<?> inner(RecordComponent member) {
        java.lang.reflect.Type type = member.getGenericType();
        while (type instanceof ParameterizedType generic) {
            type = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
        }
        return type instanceof Class<?> plain ? plain : Object.class;
    }

    private static Map<String, String> table() throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Matcher name = NAME.matcher(row.group(3));
                while (name.find()) {
                    String field = row.group(1) + "." + name.group(1);
                    assertEquals(null, all.put(field, row.group(2)), field + " stands in the table twice");
                }
            }
        }
        return all;
    }

    @TestFactory
    Stream<DynamicTest> fields() {
        return proofs.entrySet().stream()
                .filter(entry -> !(entry.getValue() instanceof FieldProof.Elsewhere)
                        && !(entry.getValue() instanceof FieldProof.Answer))
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> prove(entry.getValue())));
    }

    private static void prove(FieldProof proof) {
        switch (proof) {
            case FieldProof.Runs(String config, String host, String script, Pattern printed) -> {
                RawHttp.Answer answer = create(config, host, script);
                String id = created(answer);
                try {
                    RawHttp.Answer start = post("/containers/" + id + "/start");
                    post("/containers/" + id + "/wait");
                    String logs = HEADER.matcher(get("/containers/" + id + "/logs?stdout=1&stderr=1"))
                            .replaceAll("");
                    matches(printed, String.join("\n", answer.body(), start.body(), logs));
                } finally {
                    remove(id);
                }
            }
            case FieldProof.Shows(String _, String config, String host, Pattern shown) -> {
                String id = created(create(config, host, "sleep 100"));
                try {
                    assertEquals(204, post("/containers/" + id + "/start").status());
                    matches(shown, get("/containers/" + id + "/json"));
                } finally {
                    remove(id);
                }
            }
            case FieldProof.Refuses(String _, String config, String host, Pattern message) -> {
                RawHttp.Answer answer = create(config, host, "true");
                String id = answer.status() == 201 ? created(answer) : "";
                RawHttp.Answer refusal = id.isEmpty() ? answer : post("/containers/" + id + "/start");
                remove(id);
                assertTrue(refusal.status() >= 400, refusal.toString());
                matches(message, refusal.body());
            }
            case FieldProof.Warns(String config, String host, Pattern warning) -> {
                RawHttp.Answer answer = create(config, host, "true");
                remove(created(answer));
                matches(warning, answer.body().replaceAll(".*Warnings\":", ""));
            }
            case FieldProof.Elsewhere _, FieldProof.Answer _ -> throw new AssertionError("not proven here");
        }
    }

    /** Where the host has no such control, the answer says so. */
    @Test
    void blockIo_arrivesInTheCgroup() throws IOException {
        Path disk;
        try (Stream<Path> disks = Files.list(Path.of("/sys/block"))) {
            disk = disks.filter(
                            d -> Files.exists(Path.of("/dev", d.getFileName().toString())))
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> new org.opentest4j.TestAbortedException("this machine has no block device"));
        }
        String number = Files.readString(disk.resolve("dev")).strip();
        String rate = "[{\"Path\":\"/dev/" + disk.getFileName() + "\",\"Rate\":%d}]";
        RawHttp.Answer answer = create(
                "",
                "\"BlkioWeight\":300,\"BlkioWeightDevice\":[{\"Path\":\"/dev/" + disk.getFileName()
                        + "\",\"Weight\":400}],\"BlkioDeviceReadBps\":" + rate.formatted(1111111)
                        + ",\"BlkioDeviceWriteBps\":" + rate.formatted(2222222)
                        + ",\"BlkioDeviceReadIOps\":" + rate.formatted(333)
                        + ",\"BlkioDeviceWriteIOps\":" + rate.formatted(444),
                "cd /sys/fs/cgroup; cat blkio/blkio.throttle.*_device blkio/*weight* io.max io.bfq.weight io.weight 2>/dev/null; true");
        String id = created(answer);
        try {
            assertEquals(204, post("/containers/" + id + "/start").status());
            post("/containers/" + id + "/wait");
            String out = get("/containers/" + id + "/logs?stdout=1");
            for (String rateSet : List.of("1111111", "2222222", "333", "444")) {
                assertTrue(out.contains(number) && out.contains(rateSet), out);
            }
            assertTrue(out.contains("300") || answer.body().contains("Block I/O weight"), answer.body() + out);
            assertTrue(out.contains("400") || answer.body().contains("Block I/O weight"), answer.body() + out);
        } finally {
            remove(id);
        }
    }

    /** Clients before 1.44 mean the mount alone. */
    @Test
    void readOnlyBind_ofAnOldClient_leavesMountsBelowWritable() {
        for (String version : List.of("/v1.43", "/v1.44")) {
            RawHttp.Answer answer = http.send(
                    "POST",
                    version + "/containers/create",
                    "application/json",
                    "{\"Image\":\"bb\",\"Cmd\":[\"sh\",\"-c\",\"touch /m/d/old && echo written\"],\"HostConfig\":{\"Mounts\":["
                            + "{\"Type\":\"bind\",\"Source\":\"" + shared
                            + "\",\"Target\":\"/m\",\"ReadOnly\":true}]}}");
            String id = created(answer);
            try {
                assertEquals(204, post("/containers/" + id + "/start").status());
                post("/containers/" + id + "/wait");
                String out = get("/containers/" + id + "/logs?stdout=1&stderr=1");
                assertEquals(version.equals("/v1.43"), out.contains("written"), version + " " + out);
            } finally {
                remove(id);
            }
        }
    }

    @Test
    void gatewayPriority_choosesTheRoute() {
        docker.ok("network", "create", "fields-b");
        try {
            for (String first : List.of("fields", "fields-b")) {
                String second = first.equals("fields") ? "fields-b" : "fields";
                String id = created(create(
                        "\"NetworkingConfig\":{\"EndpointsConfig\":{\"" + first + "\":{\"GwPriority\":5},\"" + second
                                + "\":{\"GwPriority\":-5}}}",
                        "\"NetworkMode\":\"fields\"",
                        "sleep 100"));
                try {
                    assertEquals(204, post("/containers/" + id + "/start").status());
                    String gateway = docker.ok(
                            "inspect", "-f", "{{(index .NetworkSettings.Networks \"" + first + "\").Gateway}}", id);
                    assertTrue(
                            docker.ok("exec", id, "ip", "route").contains("default via " + gateway + " "),
                            docker.ok("exec", id, "ip", "route"));
                } finally {
                    remove(id);
                }
            }
        } finally {
            docker.run("network", "rm", "fields-b");
        }
    }

    private static void matches(Pattern wanted, String text) {
        assertTrue(wanted.matcher(text).find(), wanted + " is not in: " + text);
    }

    private static RawHttp.Answer create(String config, String host, String script) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("image", "\"Image\":\"bb\"");
        if (!script.isEmpty()) {
            members.put(
                    "cmd",
                    "\"Cmd\":[\"sh\",\"-c\",\"" + script.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]");
        }
        if (!config.isEmpty()) {
            members.put("config", config);
        }
        members.put("host", "\"HostConfig\":{" + host + "}");
        return http.send(
                "POST", "/containers/create", "application/json", "{" + String.join(",", members.values()) + "}");
    }

    private static String created(RawHttp.Answer answer) {
        assertEquals(201, answer.status(), answer.body());
        Matcher id = Pattern.compile("\"Id\":\"([0-9a-f]{64})\"").matcher(answer.body());
        assertTrue(id.find(), answer.body());
        return id.group(1);
    }

    private static RawHttp.Answer post(String target) {
        return http.send("POST", target, "", "");
    }

    private static String get(String target) {
        return http.send("GET", target, "", "").body();
    }

    private static void remove(String id) {
        if (!id.isEmpty()) {
            http.send("DELETE", "/containers/" + id + "?force=1&v=1", "", "");
        }
    }
}
