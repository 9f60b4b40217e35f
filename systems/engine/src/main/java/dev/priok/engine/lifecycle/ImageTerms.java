package dev.priok.engine.lifecycle;

import dev.priok.engine.Healthcheck;
import dev.priok.engine.ImageSettings;
import dev.priok.oci.image.ContainerDefaults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of an image, in the words of the engine and in those of the OCI document. */
public final class ImageTerms {
    private ImageTerms() {}

    public static ImageSettings settings(ContainerDefaults d) {
        dev.priok.oci.image.Healthcheck h = d.healthcheck();
        return new ImageSettings(
                d.user(),
                new ArrayList<>(d.exposedPorts().keySet()),
                d.env(),
                orNull(d.entrypoint()),
                orNull(d.cmd()),
                new ArrayList<>(d.volumes().keySet()),
                d.workingDir(),
                d.labels(),
                d.stopSignal(),
                h == null
                        ? null
                        : new Healthcheck(
                                h.test(), h.interval(), h.timeout(), h.startPeriod(), h.startInterval(), h.retries()),
                orNull(d.shell()),
                d.onBuild(),
                d.argsEscaped());
    }

    public static ContainerDefaults document(ImageSettings s) {
        Healthcheck h = s.healthcheck();
        return ContainerDefaults.NONE
                .withUser(s.user())
                .withExposedPorts(set(s.exposedPorts()))
                .withEnv(s.env())
                .withEntrypoint(orEmpty(s.entrypoint()))
                .withCmd(orEmpty(s.cmd()))
                .withVolumes(set(s.volumes()))
                .withWorkingDir(s.workingDir())
                .withLabels(s.labels())
                .withStopSignal(s.stopSignal())
                .withHealthcheck(
                        h == null
                                ? null
                                : new dev.priok.oci.image.Healthcheck(
                                        h.test(),
                                        h.intervalNanos(),
                                        h.timeoutNanos(),
                                        h.startPeriodNanos(),
                                        h.startIntervalNanos(),
                                        h.retries()))
                .withShell(orEmpty(s.shell()))
                .withOnBuild(s.onBuild());
    }

    private static Map<String, ContainerDefaults.Empty> set(List<String> keys) {
        Map<String, ContainerDefaults.Empty> set = new LinkedHashMap<>();
        keys.forEach(key -> set.put(key, ContainerDefaults.Empty.VALUE));
        return set;
    }

    private static @Nullable List<String> orNull(List<String> list) {
        return list.isEmpty() ? null : list;
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : list;
    }
}
