package dev.priok.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.priok.core.Failure;
import dev.priok.linux.seccomp.KernelVersion;
import dev.priok.linux.seccomp.SeccompAction;
import dev.priok.linux.seccomp.SeccompCondition;
import dev.priok.linux.seccomp.SeccompRule;
import dev.priok.linux.seccomp.SeccompTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a seccomp profile in Docker's JSON, as {@code --security-opt seccomp=FILE} carries it.
 *
 * @see <a href="https://docs.docker.com/engine/security/seccomp/">Docker, seccomp security profiles</a>
 */
final class SeccompJson {
    private static final int EPERM = 1;

    private SeccompJson() {}

    /**
     * Reads a profile.
     *
     * @throws Failure of kind {@link Failure.Kind#INVALID} naming what is wrong
     */
    static SeccompTemplate read(String json) {
        try {
            JsonNode root = new ObjectMapper().readTree(json);
            List<SeccompTemplate.Entry> entries = new ArrayList<>();
            for (JsonNode rule : root.path("syscalls")) {
                entries.add(entry(rule));
            }
            return new SeccompTemplate(
                    action(
                            root.path("defaultAction").asText(),
                            root.path("defaultErrnoRet").asInt(EPERM)),
                    entries);
        } catch (JsonProcessingException e) {
            throw new Failure(Failure.Kind.INVALID, "decoding seccomp profile failed: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "invalid seccomp profile: " + e.getMessage(), e);
        }
    }

    private static SeccompTemplate.Entry entry(JsonNode rule) {
        List<String> names = texts(rule.path("names"));
        if (rule.hasNonNull("name")) {
            names.add(rule.get("name").asText());
        }
        if (names.isEmpty()) {
            throw Failure.invalid("invalid seccomp profile: a rule names no system call");
        }
        List<SeccompCondition> conditions = new ArrayList<>();
        for (JsonNode argument : rule.path("args")) {
            conditions.add(new SeccompCondition(
                    argument.path("index").asInt(),
                    operator(argument.path("op").asText()),
                    Long.parseUnsignedLong(argument.path("value").asText("0")),
                    Long.parseUnsignedLong(argument.path("valueTwo").asText("0"))));
        }
        SeccompAction action =
                action(rule.path("action").asText(), rule.path("errnoRet").asInt(EPERM));
        return new SeccompTemplate.Entry(
                new SeccompRule(names, action, conditions),
                situation(rule.path("includes")),
                situation(rule.path("excludes")));
    }

    private static SeccompTemplate.Situation situation(JsonNode node) {
        return new SeccompTemplate.Situation(
                texts(node.path("caps")),
                texts(node.path("arches")),
                node.hasNonNull("minKernel")
                        ? Optional.of(KernelVersion.parse(node.get("minKernel").asText()))
                        : Optional.empty());
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    private static SeccompAction action(String name, int errno) {
        return switch (name) {
            case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD" -> new SeccompAction(SeccompAction.Kind.KILL_THREAD, 0);
            case "SCMP_ACT_KILL_PROCESS" -> new SeccompAction(SeccompAction.Kind.KILL_PROCESS, 0);
            case "SCMP_ACT_TRAP" -> new SeccompAction(SeccompAction.Kind.TRAP, 0);
            case "SCMP_ACT_ERRNO" -> SeccompAction.errno(errno);
            case "SCMP_ACT_TRACE" -> new SeccompAction(SeccompAction.Kind.TRACE, errno);
            case "SCMP_ACT_LOG" -> new SeccompAction(SeccompAction.Kind.LOG, 0);
            case "SCMP_ACT_ALLOW" -> SeccompAction.ALLOW;
            default -> throw Failure.invalid("invalid seccomp profile: unknown action %s", name);
        };
    }

    private static SeccompCondition.Operator operator(String name) {
        return switch (name) {
            case "SCMP_CMP_NE" -> SeccompCondition.Operator.NOT_EQUAL;
            case "SCMP_CMP_LT" -> SeccompCondition.Operator.LESS;
            case "SCMP_CMP_LE" -> SeccompCondition.Operator.LESS_OR_EQUAL;
            case "SCMP_CMP_EQ" -> SeccompCondition.Operator.EQUAL;
            case "SCMP_CMP_GE" -> SeccompCondition.Operator.GREATER_OR_EQUAL;
            case "SCMP_CMP_GT" -> SeccompCondition.Operator.GREATER;
            case "SCMP_CMP_MASKED_EQ" -> SeccompCondition.Operator.MASKED_EQUAL;
            default -> throw Failure.invalid("invalid seccomp profile: unknown comparison %s", name);
        };
    }
}
