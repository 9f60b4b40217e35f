package dev.priok.build.solve;

import dev.priok.core.Digest;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What a step was done on the last time, so that it can be told why it is done again.
 *
 * @param build name of the build: the image's, or the Dockerfile's
 * @param stage of the build
 * @param number of the step in its stage
 * @param text the instruction
 * @param operation a hash of what it does, variables replaced, without what it does it on
 * @param parent name of the layers that it was done on
 * @param inputs a hash of all that it took from elsewhere
 * @param variables that its process saw, each with a hash of its value
 * @param files of build contexts that it took, each with a hash of its attributes and content; empty when they were too many
 */
record StepTrace(
        String build,
        String stage,
        int number,
        String text,
        Digest operation,
        String parent,
        Digest inputs,
        Map<String, String> variables,
        SortedMap<String, String> files) {
    /** Files that a reason names. */
    private static final int NAMED = 5;

    /** Why the step is done again although it was done before as {@code before} tells: it does the same. */
    String whyAfterTheSame(StepTrace before, String parentText) {
        List<String> changed = names(before.files, files);
        if (!changed.isEmpty()) {
            return "files of the context changed: " + named(changed);
        }
        if (!before.inputs.equals(inputs)) {
            return "what it takes from elsewhere changed";
        }
        if (!before.parent.equals(parent)) {
            return "what it stands on changed: " + parentText;
        }
        return "its result was forgotten: the cache was pruned, or is full";
    }

    /** Why the step is done although another one was done in its place before. */
    String whyAfterAnother(StepTrace before) {
        if (!before.text.equals(text)) {
            return "the instruction changed: it was " + before.text;
        }
        List<String> changed = names(before.variables, variables);
        return changed.isEmpty()
                ? "the instruction means something else: its variables or its settings changed"
                : "variables changed: " + named(changed);
    }

    private static List<String> names(Map<String, String> before, Map<String, String> now) {
        List<String> names = new java.util.ArrayList<>();
        now.forEach((name, hash) -> {
            if (!before.containsKey(name)) {
                names.add(name + " (new)");
            } else if (!hash.equals(before.get(name))) {
                names.add(name);
            }
        });
        before.keySet().stream().filter(name -> !now.containsKey(name)).forEach(name -> names.add(name + " (gone)"));
        return names;
    }

    private static String named(List<String> names) {
        String some = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
        return names.size() > NAMED ? "%s and %d more".formatted(some, names.size() - NAMED) : some;
    }
}
