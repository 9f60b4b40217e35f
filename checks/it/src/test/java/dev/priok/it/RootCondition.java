package dev.priok.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips what is tagged {@code root} where that is not who runs it, and says so. Found as a service. */
public final class RootCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (!context.getTags().contains("root") || isRoot()) {
            return ConditionEvaluationResult.enabled("root is there or not needed");
        }
        String reason = context.getDisplayName() + " is skipped: it needs root";
        context.publishReportEntry("skipped", reason);
        return ConditionEvaluationResult.disabled(reason);
    }

    private static boolean isRoot() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException _) {
            return false;
        }
    }
}
