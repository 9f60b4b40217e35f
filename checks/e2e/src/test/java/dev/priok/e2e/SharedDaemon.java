package dev.priok.e2e;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One daemon with the busybox image for all test classes that ask for it; skips, saying why, without root. */
final class SharedDaemon implements BeforeAllCallback, ExecutionCondition {
    private static final String KEY = "daemon";
    private static TestDaemon daemon;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (!System.getProperty("user.name").equals("root")) {
            return ConditionEvaluationResult.disabled("making containers needs root");
        }
        return ConditionEvaluationResult.enabled("root");
    }

    @Override
    public synchronized void beforeAll(ExtensionContext context) {
        context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedDaemon.class))
                .getOrComputeIfAbsent(KEY, _ -> {
                    daemon = TestDaemon.start();
                    Busybox.into(daemon.docker());
                    return daemon;
                });
    }

    static TestDaemon get() {
        return daemon;
    }
}
