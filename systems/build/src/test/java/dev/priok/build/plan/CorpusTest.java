package dev.priok.build.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.DockerfileParser;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.oci.image.ImageConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans of whole Dockerfiles, compared with what was checked by hand. */
class CorpusTest {
    private static final Platform PLATFORM = new Platform("linux", "amd64", "");

    @ParameterizedTest
    @ValueSource(strings = {"node-app", "go-static", "heredocs", "escape", "variables", "inherit", "mounts"})
    void plan_isAsChecked(String name) throws IOException {
        Dockerfile file = DockerfileParser.parse("Dockerfile", resource(name + ".Dockerfile"));
        PlanRequest request = new PlanRequest(
                Optional.empty(),
                Map.of(),
                Map.of(),
                Optional.of(PLATFORM),
                false,
                false,
                Map.of(),
                java.util.Set.of());
        BuildPlan plan = Planner.plan(file, request, CorpusTest::image);
        assertEquals(new String(resource(name + ".plan"), StandardCharsets.UTF_8), text(plan));
    }

    private static BaseImage image(String reference, Optional<Platform> platform) {
        if (reference.isBlank()) {
            throw Failure.notFound("no such image: %s", reference);
        }
        byte[] name = (reference + platform.map(Platform::toString).orElse("")).getBytes(StandardCharsets.UTF_8);
        return new BaseImage(Digest.sha256(name), ImageConfig.empty(PLATFORM));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = CorpusTest.class.getResourceAsStream("/dev/priok/build/corpus/" + name)) {
            if (in == null) {
                throw new IOException("no resource " + name);
            }
            return in.readAllBytes();
        }
    }

    private static String text(BuildPlan plan) {
        StringBuilder text = new StringBuilder();
        for (Step step : plan.steps()) {
            text.append(step.id());
            step.parent().ifPresent(parent -> text.append(" on ").append(parent));
            step.number().ifPresent(number -> text.append(" (").append(number).append(')'));
            text.append(' ').append(operation(step.operation())).append('\n');
            if (!step.history().isEmpty()) {
                text.append("    ").append(step.history().replace("\n", "\\n")).append('\n');
            }
        }
        plan.warnings()
                .forEach(warning -> text.append("warning: ").append(warning).append('\n'));
        ImageState result = plan.steps().get(plan.result()).after();
        text.append("user ").append(result.config().user());
        text.append(", in ").append(result.config().workingDir());
        text.append(", entrypoint ").append(result.config().entrypoint());
        text.append(", cmd ").append(result.config().cmd());
        text.append(", ports ").append(result.config().exposedPorts().keySet());
        text.append(", volumes ").append(result.config().volumes().keySet());
        text.append(", signal ").append(result.config().stopSignal()).append('\n');
        result.config()
                .labels()
                .forEach((k, v) ->
                        text.append("label ").append(k).append('=').append(v).append('\n'));
        return text.toString();
    }

    private static String operation(Operation operation) {
        return switch (operation) {
            case Operation.Announce _ -> "announce";
            case Operation.Start start ->
                "start " + start.base().map(b -> b.id().shortHex()).orElse("scratch");
            case Operation.Continue _ -> "continue";
            case Operation.Configure _ -> "configure";
            case Operation.MakeDirectory directory -> directory.toString();
            case Operation.Run run ->
                "run " + run.args().toString().replace("\n", "\\n") + " in " + run.workingDirectory() + " as '"
                        + run.user() + "' with " + withoutPath(run.env()) + list(run.mounts())
                        + run.network().orElse("")
                        + run.script().map(s -> " script " + s.name()).orElse("");
            case Operation.Copy copy ->
                "copy " + copy.sources().toString().replace("\n", "\\n") + " to " + copy.destination()
                        + copy.chown().map(c -> " owned by " + c).orElse("");
        };
    }

    private static String list(List<?> items) {
        return items.isEmpty() ? "" : " " + items;
    }

    private static List<String> withoutPath(Map<String, String> env) {
        return env.entrySet().stream()
                .filter(e -> !e.getKey().equals("PATH"))
                .map(Map.Entry::toString)
                .toList();
    }
}
