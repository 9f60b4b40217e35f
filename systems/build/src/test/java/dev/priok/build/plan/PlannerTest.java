package dev.priok.build.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.build.dockerfile.DockerfileParser;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Platform;
import dev.priok.oci.image.ImageConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {
    private final List<String> asked = new ArrayList<>();
    private Optional<String> target = Optional.empty();
    private Map<String, String> args = Map.of();

    private BuildPlan plan(String dockerfile) {
        return Planner.plan(
                DockerfileParser.parse("Dockerfile", dockerfile.getBytes(StandardCharsets.UTF_8)),
                new PlanRequest(
                        target,
                        args,
                        Map.of(),
                        Optional.of(new Platform("linux", "arm64", "")),
                        false,
                        false,
                        Map.of(),
                        Set.of()),
                (reference, platform) -> {
                    asked.add(reference + " " + platform.map(Platform::toString).orElse("-"));
                    return new BaseImage(
                            Digest.sha256(reference.getBytes(StandardCharsets.UTF_8)),
                            ImageConfig.empty(Platform.current()));
                });
    }

    @Test
    void plan_asksOnlyForImagesThatAreNeeded() {
        plan(
                "FROM unused AS x\nFROM a AS y\nFROM --platform=linux/amd64 b\nCOPY --from=y / /\nCOPY --from=c / /\nCOPY --from=c /x /\n");
        assertEquals(List.of("a linux/arm64", "b linux/amd64", "c linux/arm64"), asked);
    }

    @Test
    void plan_everyStepNeedsOnlyEarlierOnes() {
        BuildPlan plan = plan(
                "FROM a AS one\nRUN x\nFROM a AS two\nCOPY --from=one / /\nFROM one\nRUN --mount=from=two,target=/t y\nCOPY --from=0 / /\n");
        for (Step step : plan.steps()) {
            List<Integer> needs = new ArrayList<>();
            step.parent().ifPresent(needs::add);
            if (step.operation() instanceof Operation.Copy copy) {
                copy.sources().forEach(s -> needs.add(((Operation.CopySource.FromStep) s).step()));
            }
            if (step.operation() instanceof Operation.Run run) {
                run.mounts()
                        .forEach(m -> needs.add(
                                ((Operation.MountRequest.Bind) m).step().orElseThrow()));
            }
            assertTrue(needs.stream().allMatch(n -> n < step.id()), step.text());
        }
        assertEquals(plan.steps().size() - 1, plan.result());
        assertEquals(7, plan.total());
        assertEquals(OptionalInt.of(7), plan.steps().getLast().number());
    }

    @Test
    void plan_targetByNameOrIndexIsTheResult() {
        target = Optional.of("0");
        assertEquals(1, plan("FROM a AS one\nFROM b\n").steps().size());
        target = Optional.of("One");
        assertEquals(1, plan("FROM a AS one\nFROM b\n").steps().size());
        target = Optional.of("7");
        assertThrows(Failure.class, () -> plan("FROM a\n"));
    }

    @Test
    void plan_laterStageOfTheSameNameWins() {
        plan("FROM a AS x\nFROM b AS x\nFROM x\n");
        assertEquals(List.of("b linux/arm64"), asked);
    }

    @Test
    void plan_argumentsOfTheRequestReachFrom() {
        args = Map.of("TAG", "9");
        plan("ARG TAG=1\nARG NAME=img:$TAG\nFROM $NAME\n");
        assertEquals(List.of("img:9 linux/arm64"), asked);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "FROM $NOTHING ~ base name ($NOTHING) should not be blank (Dockerfile:1)",
                "FROM a|ENV A=${B:?needed} ~ line 2: failed to process \"${B:?needed}\": B: needed (Dockerfile:2)",
                "FROM a|WORKDIR $NOTHING ~ WORKDIR requires exactly one argument",
                "FROM a|COPY a b ~ -",
                "FROM a|COPY a b c ~ the destination must be a directory and end with a /",
                "FROM a|COPY a $NOTHING ~ destination must not be empty",
                "FROM a|COPY --from=1 a b ~ invalid from flag value 1: invalid stage index",
                "FROM a|COPY --chmod=999 a b ~ invalid chmod parameter",
                "FROM a|ADD --checksum=sha256:0 x /y ~ checksum can't be specified for non-HTTP(S) sources",
                "FROM a|ADD --checksum=sha1:0 http://x/y /y ~ invalid source http://x/y",
                "FROM a|ADD git@github.com:x/y?z=1 /y ~ unexpected query \"z\" in git@github.com:x/y?z=1",
                "FROM a|RUN --network=none2 x ~ invalid network mode: \"none2\"",
                "FROM a|RUN --network=host x ~ is not allowed",
                "FROM a|RUN --device=x y ~ RUN --device is not supported",
                "FROM a|STOPSIGNAL SIGX ~ invalid signal: SIGX",
                "FROM a|EXPOSE x ~ invalid containerPort: x",
                "FROM a|VOLUME $NOTHING ~ VOLUME specified can not be an empty string",
                "FROM a|ENV ${NOTHING}=x ~ names can not be blank",
                "FROM a|COPY --exclude=[ a b ~ syntax error in pattern",
                "FROM a|COPY <<E /x|${|E ~ failed to process heredoc E: bad substitution"
            })
    void plan_mistakesAreTold(String dockerfile, String message) {
        String text = dockerfile.replace('|', '\n') + "\n";
        if (message.equals("-")) {
            assertEquals(2, plan(text).total());
            return;
        }
        Failure failure = assertThrows(Failure.class, () -> plan(text));
        assertTrue(failure.message().contains(message), failure.message());
    }
}
