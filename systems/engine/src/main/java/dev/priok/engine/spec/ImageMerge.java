package dev.priok.engine.spec;

import dev.priok.core.Failure;
import dev.priok.engine.ContainerSpec;
import dev.priok.engine.Healthcheck;
import dev.priok.engine.ImageSettings;
import dev.priok.engine.ProcessSpec;
import dev.priok.engine.StorageSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Fills what a request leaves open from the image (moby {@code daemon/commit.go}, {@code merge}). */
public final class ImageMerge {
    private ImageMerge() {}

    /** The request with the image's values; refuses when there is nothing to run. */
    public static ContainerSpec merge(ContainerSpec spec, ImageSettings image) {
        ProcessSpec process = process(spec.process(), image);
        if (isEmpty(process.entrypoint()) && isEmpty(process.cmd())) {
            throw Failure.invalid("no command specified");
        }
        Map<String, String> labels = new LinkedHashMap<>(image.labels());
        labels.putAll(spec.labels());
        StorageSpec storage = spec.storage();
        return spec.withProcess(process)
                .withLabels(labels)
                .withHealthcheck(healthcheck(spec.healthcheck(), image.healthcheck()))
                .withNetwork(spec.network()
                        .withExposedPorts(
                                union(image.exposedPorts(), spec.network().exposedPorts())))
                .withStorage(storage.withVolumes(union(image.volumes(), storage.volumes())));
    }

    private static ProcessSpec process(ProcessSpec process, ImageSettings image) {
        List<String> entrypoint = process.entrypoint();
        List<String> cmd = process.cmd();
        if (isEmpty(entrypoint)) {
            if (isEmpty(cmd)) {
                cmd = image.cmd();
            }
            if (entrypoint == null) {
                entrypoint = image.entrypoint();
            }
        }
        if (entrypoint != null && (entrypoint.isEmpty() || entrypoint.equals(List.of("")))) {
            entrypoint = null;
        }
        return new ProcessSpec(
                entrypoint,
                cmd,
                env(process.env(), image.env()),
                process.workingDir().isEmpty() ? image.workingDir() : clean(process.workingDir()),
                process.user().isEmpty() ? image.user() : process.user(),
                process.groupAdd(),
                process.tty(),
                process.openStdin(),
                process.stdinOnce(),
                process.attachStdin(),
                process.attachStdout(),
                process.attachStderr(),
                process.stopSignal().isEmpty() ? image.stopSignal() : process.stopSignal(),
                process.stopTimeoutSeconds(),
                process.shell() == null ? image.shell() : process.shell(),
                process.onBuild(),
                process.consoleHeight(),
                process.consoleWidth());
    }

    private static String clean(String directory) {
        return directory.startsWith("/") ? BindText.clean(directory) : directory;
    }

    private static List<String> env(List<String> wanted, List<String> fromImage) {
        Set<String> names = new LinkedHashSet<>();
        wanted.forEach(entry -> names.add(name(entry)));
        List<String> env = new ArrayList<>(wanted);
        fromImage.stream().filter(entry -> !names.contains(name(entry))).forEach(env::add);
        return env;
    }

    private static String name(String entry) {
        int equals = entry.indexOf('=');
        return equals < 0 ? entry : entry.substring(0, equals);
    }

    private static @Nullable Healthcheck healthcheck(@Nullable Healthcheck wanted, @Nullable Healthcheck fromImage) {
        if (wanted == null || fromImage == null) {
            return wanted == null ? fromImage : wanted;
        }
        return new Healthcheck(
                wanted.test().isEmpty() ? fromImage.test() : wanted.test(),
                first(wanted.intervalNanos(), fromImage.intervalNanos()),
                first(wanted.timeoutNanos(), fromImage.timeoutNanos()),
                first(wanted.startPeriodNanos(), fromImage.startPeriodNanos()),
                first(wanted.startIntervalNanos(), fromImage.startIntervalNanos()),
                wanted.retries() == 0 ? fromImage.retries() : wanted.retries());
    }

    private static long first(long wanted, long fromImage) {
        return wanted == 0 ? fromImage : wanted;
    }

    private static List<String> union(List<String> first, List<String> second) {
        Set<String> all = new LinkedHashSet<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }

    private static boolean isEmpty(@Nullable List<String> list) {
        return list == null || list.isEmpty();
    }
}
