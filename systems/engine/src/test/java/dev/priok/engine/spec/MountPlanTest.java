package dev.priok.engine.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.ContainerView.MountPoint;
import dev.priok.engine.StorageSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountPlanTest {
    @TempDir
    Path temp;

    private final List<String> taken = new ArrayList<>();

    private MountPlan plan(StorageSpec storage, List<PlannedMount> others) {
        VolumeSource volumes = (name, driver, options, labels) -> {
            taken.add(name);
            String chosen = name.isEmpty() ? "anonymous" + taken.size() : name;
            return new VolumeSource.Volume(chosen, "/volumes/" + chosen, true);
        };
        return MountPlan.of(
                ContainerSpec.of("busybox").withStorage(storage),
                volumes,
                ref -> others,
                java.nio.file.Path.of("/var/lib/priok"));
    }

    private MountPlan binds(String... binds) {
        return plan(
                new StorageSpec(List.of(), List.of(binds), List.of(), Map.of(), List.of(), "", 0, Map.of()), List.of());
    }

    private static String refusal(Runnable call) {
        return assertThrows(Failure.class, call::run).message();
    }

    @Test
    void bind_directoryIsMade() {
        Path missing = temp.resolve("a/b");
        MountPoint point = binds(missing + ":/data:ro").mounts().getFirst().point();
        assertTrue(Files.isDirectory(missing));
        assertEquals(new MountPoint("bind", "", missing.toString(), "/data", "", "ro", false, "rprivate"), point);
    }

    @Test
    void namedVolume_isCopiedUp() {
        MountPlan plan = binds("db:/var/lib/db");
        assertEquals(List.of(new MountPlan.CopyUp("db", "/volumes/db", "", "/var/lib/db")), plan.copies());
        assertFalse(plan.mounts().getFirst().anonymous());
        assertEquals(List.of("db"), taken.subList(0, 1));
        assertEquals(List.of(), binds("db:/x:nocopy").copies());
    }

    @Test
    void shallowTargets_comeFirst() {
        assertEquals(
                List.of("/a", "/a/b", "/a/b/c"),
                binds("one:/a/b/c", "two:/a", "three:/a/b").mounts().stream()
                        .map(PlannedMount::target)
                        .toList());
    }

    @Test
    void imageVolume_isAnonymousUnlessCovered() {
        StorageSpec storage = new StorageSpec(
                List.of("/a", "/b"), List.of("named:/a"), List.of(), Map.of(), List.of(), "", 0, Map.of());
        List<PlannedMount> mounts = plan(storage, List.of()).mounts();
        assertEquals("named", mounts.getFirst().point().name());
        assertTrue(mounts.getLast().anonymous());
        assertEquals(List.of("named", ""), taken);
    }

    @Test
    void volumesFrom_takesOverReadOnly() {
        PlannedMount theirs = new PlannedMount(
                new MountPoint("volume", "v", "/volumes/v", "/data", "local", "", true, ""),
                List.of("rbind"),
                true,
                false,
                true);
        StorageSpec storage =
                new StorageSpec(List.of(), List.of(), List.of(), Map.of(), List.of("other:ro"), "", 0, Map.of());
        PlannedMount mine = plan(storage, List.of(theirs)).mounts().getFirst();
        assertFalse(mine.point().writable());
        assertFalse(mine.anonymous());
    }

    @Test
    void tmpfs_defaultsCanBeOverridden() {
        StorageSpec storage = new StorageSpec(
                List.of(), List.of(), List.of(), Map.of("/run", "exec,size=1m"), List.of(), "", 0, Map.of());
        assertEquals(
                List.of("nosuid", "nodev", "exec", "size=1m"),
                plan(storage, List.of()).mounts().getFirst().options());
    }

    @Test
    void nonsense_isRefused() {
        assertEquals("invalid volume specification: 'x'", refusal(() -> binds("x")));
        assertEquals("invalid mode: zz", refusal(() -> binds("v:/x:zz")));
        assertEquals("Duplicate mount point: /x", refusal(() -> binds("v:/x", "w:/x/")));
        assertTrue(refusal(() -> binds("v:/")).endsWith("destination can't be '/'"));
        StorageSpec.Mount missing =
                new StorageSpec.Mount("bind", temp + "/none", "/x", false, "", null, null, null, "");
        StorageSpec storage =
                new StorageSpec(List.of(), List.of(), List.of(missing), Map.of(), List.of(), "", 0, Map.of());
        assertEquals(
                "invalid mount config for type \"bind\": bind source path does not exist: " + temp + "/none",
                refusal(() -> plan(storage, List.of())));
    }
}
