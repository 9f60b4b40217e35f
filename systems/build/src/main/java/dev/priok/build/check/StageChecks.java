package dev.priok.build.check;

import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.Expansion;
import dev.priok.build.dockerfile.Instruction;
import dev.priok.build.dockerfile.SourceRange;
import dev.priok.build.dockerfile.Spelling;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stages and the images that they begin with. */
final class StageChecks {
    private static final Set<String> RESERVED = Set.of("scratch", "context");

    private final Dockerfile file;
    private final Findings findings;
    private final Map<String, String> buildArgs;
    private final Platform target;
    private final DockerfileCheck.Bases bases;

    StageChecks(
            Dockerfile file,
            Findings findings,
            Map<String, String> buildArgs,
            Platform target,
            DockerfileCheck.Bases bases) {
        this.file = file;
        this.findings = findings;
        this.buildArgs = buildArgs;
        this.target = target;
        this.bases = bases;
    }

    void run() {
        Map<String, String> defaults = new HashMap<>();
        for (Instruction.Arg arg : file.globalArgs()) {
            arg.definitions()
                    .forEach(d -> defaults.put(
                            d.name(), d.value().map(v -> expand(v, defaults)).orElse("")));
        }
        Map<String, String> given = new HashMap<>(defaults);
        given.putAll(buildArgs);
        Set<String> names = new HashSet<>();
        for (Dockerfile.Stage stage : file.stages()) {
            names(stage, names);
            platform(stage);
            base(stage, names, defaults, given);
            stage.from().stageName().ifPresent(names::add);
            lastUser(stage);
            onBuild(stage);
        }
    }

    private static String expand(String word, Map<String, String> values) {
        try {
            return Expansion.expand(word, '\\', name -> Optional.ofNullable(values.get(name)));
        } catch (Failure _) {
            return "";
        }
    }

    private void names(Dockerfile.Stage stage, Set<String> names) {
        SourceRange at = stage.from().source().lines();
        String[] words = stage.from().source().text().split("\\s+");
        if (stage.from().stageName().isEmpty()) {
            return;
        }
        String written = words[words.length - 1];
        if (!written.equals(written.toLowerCase(Locale.ROOT))) {
            findings.add(CheckRule.STAGE_NAME_CASING, at, "stage name %s is not lower case", written);
        }
        String name = stage.from().stageName().get();
        if (names.contains(name)) {
            findings.add(CheckRule.DUPLICATE_STAGE_NAME, at, "there is a stage %s before this one", name);
        }
        if (RESERVED.contains(name)) {
            findings.add(CheckRule.RESERVED_STAGE_NAME, at, "%s means something else: name the stage otherwise", name);
        }
    }

    private void platform(Dockerfile.Stage stage) {
        Optional<String> flag = stage.from().platform();
        if (flag.isEmpty()) {
            return;
        }
        SourceRange at = stage.from().source().lines();
        if (flag.get().equals("$TARGETPLATFORM") || flag.get().equals("${TARGETPLATFORM}")) {
            findings.add(
                    CheckRule.REDUNDANT_TARGET_PLATFORM, at, "--platform=%s is what is done without it", flag.get());
        } else if (!flag.get().contains("$")) {
            String name = stage.from().stageName().orElse("");
            boolean isNamedForIt = !name.isEmpty()
                    && List.of(flag.get().split("/")).stream()
                            .anyMatch(part -> part.length() > 2 && name.contains(part));
            if (!isNamedForIt) {
                findings.add(
                        CheckRule.FROM_PLATFORM_FLAG_CONST_DISALLOWED,
                        at,
                        "platform %s is fixed: the file builds for no other",
                        flag.get());
            }
        }
    }

    private void base(
            Dockerfile.Stage stage, Set<String> names, Map<String, String> defaults, Map<String, String> given) {
        SourceRange at = stage.from().source().lines();
        String word = stage.from().image();
        Set<String> automatic = Set.of(
                "TARGETPLATFORM",
                "TARGETOS",
                "TARGETARCH",
                "TARGETVARIANT",
                "BUILDPLATFORM",
                "BUILDOS",
                "BUILDARCH",
                "BUILDVARIANT",
                "TARGETSTAGE");
        for (String name : VariableChecks.used(word)) {
            if (!defaults.containsKey(name) && !automatic.contains(name)) {
                findings.add(
                        CheckRule.UNDEFINED_ARG_IN_FROM,
                        at,
                        "no ARG %s stands before the first FROM%s",
                        name,
                        Spelling.suggestion(name, defaults.keySet()));
            }
        }
        if (word.contains("$") && !isReference(expand(word, defaults))) {
            findings.add(
                    CheckRule.INVALID_DEFAULT_ARG_IN_FROM,
                    at,
                    "with the defaults of its arguments %s is no image name: give ARG a default",
                    word);
        }
        String image = expand(word, given);
        if (names.contains(image.toLowerCase(Locale.ROOT)) || image.equals("scratch") || !isReference(image)) {
            return;
        }
        ImageReference reference = ImageReference.parse(image);
        if (reference.digest().isEmpty() && reference.tag().isEmpty()) {
            findings.add(CheckRule.DL3006, at, "%s has no tag: what it means changes with time", image);
        } else if (reference.digest().isEmpty()
                && reference.tag().filter("latest"::equals).isPresent()) {
            findings.add(CheckRule.DL3007, at, "%s changes with time: name a version", image);
        }
        bases.find(image)
                .filter(base -> stage.from().platform().isEmpty() && !target.matches(base.platform()))
                .ifPresent(base -> findings.add(
                        CheckRule.INVALID_BASE_IMAGE_PLATFORM,
                        at,
                        "%s is for %s, and the build for %s",
                        image,
                        base.platform(),
                        target));
    }

    private static boolean isReference(String text) {
        try {
            ImageReference.parse(text);
            return !text.isBlank() && !text.endsWith(":") && !text.contains("::");
        } catch (Failure _) {
            return false;
        }
    }

    private void lastUser(Dockerfile.Stage stage) {
        Optional<Instruction.User> last = stage.instructions().stream()
                .flatMap(i -> i instanceof Instruction.User u ? java.util.stream.Stream.of(u) : null)
                .reduce((_, b) -> b);
        boolean isLast = stage.index() == file.stages().size() - 1;
        for (Instruction instruction : stage.instructions()) {
            if (instruction instanceof Instruction.User user) {
                String name = user.user().split(":")[0];
                if (!name.contains("$") && !name.matches("\\d+")) {
                    findings.add(
                            CheckRule.DL3066,
                            user.source().lines(),
                            "user %s is a name: Kubernetes cannot tell whether it is root",
                            name);
                }
                boolean isRoot = name.equals("root") || name.equals("0");
                if (isLast && isRoot && last.filter(user::equals).isPresent()) {
                    findings.add(CheckRule.DL3002, user.source().lines(), "the last USER is root");
                }
            }
        }
    }

    private void onBuild(Dockerfile.Stage stage) {
        for (Instruction instruction : stage.instructions()) {
            if (instruction instanceof Instruction.OnBuild trigger
                    && trigger.trigger()
                            .strip()
                            .toUpperCase(Locale.ROOT)
                            .matches("(?s)(ONBUILD|FROM|MAINTAINER)\\b.*")) {
                findings.add(CheckRule.DL3043, trigger.source().lines(), "this may not be a trigger");
            }
        }
    }
}
