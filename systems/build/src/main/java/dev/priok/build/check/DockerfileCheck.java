package dev.priok.build.check;

import dev.priok.build.CheckReport;
import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.DockerfileParser;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.core.Platform;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at one Dockerfile. */
public final class DockerfileCheck {
    private DockerfileCheck() {}

    /** What is known of base images without fetching any. */
    public interface Bases {
        /** The variables and platform of an image that is here. */
        Optional<Base> find(String reference);
    }

    /**
     * A base image.
     *
     * @param variables names in its environment
     */
    public record Base(List<String> variables, Platform platform) {}

    /**
     * Checks a file.
     *
     * @param ignored what is kept out of the context
     * @param buildArgs values for ARG
     * @throws dev.priok.core.Failure when it cannot be parsed
     */
    public static CheckReport check(
            String name,
            byte[] content,
            IgnoreRules ignored,
            Map<String, String> buildArgs,
            Platform target,
            Bases bases) {
        Dockerfile file = DockerfileParser.parse(name, content);
        List<String> lines = new String(content, StandardCharsets.UTF_8).lines().toList();
        Settings settings = new Settings(lines, buildArgs.getOrDefault("BUILDKIT_DOCKERFILE_CHECK", ""));
        Findings findings = new Findings(settings);
        new FormChecks(file, lines, findings).run();
        new StageChecks(file, findings, buildArgs, target, bases).run();
        new VariableChecks(file, findings, bases).run();
        new CopyChecks(file, ignored, findings).run();
        new ShellChecks(file, findings).run();
        new LabelChecks(file, findings).run();
        return new CheckReport(name, findings.inOrder(), settings.isError());
    }
}
