package dev.priok.linux.seccomp;

import dev.priok.linux.Errno;
import dev.priok.linux.Syscall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Which system calls a process may make. For each call an unconditional rule wins, the first if there are several; else
 * the first whose conditions hold; else the default. Where the default refuses, calls with a number above all that the
 * profile names fail with ENOSYS, so that programs fall back to older calls instead of giving up. Calls of an
 * architecture that is not listed kill the thread.
 *
 * @param architectures conventions that programs may use
 */
public record SeccompProfile(
        SeccompAction defaultAction, List<SeccompArchitecture> architectures, List<SeccompRule> rules) {
    static final int UNKNOWN_ARCHITECTURE = new SeccompAction(SeccompAction.Kind.KILL_THREAD, 0).returnValue();
    static final int TOO_NEW = SeccompAction.errno(Errno.ENOSYS.code()).returnValue();

    public SeccompProfile {
        architectures = List.copyOf(architectures);
        rules = List.copyOf(rules);
        if (architectures.isEmpty()) {
            throw new IllegalArgumentException("a seccomp profile for no architecture");
        }
    }

    /** Some conditions and what follows when all of them hold. */
    record Alternative(List<SeccompCondition> conditions, int result) {}

    /** What is to be tried for one call in this order; the last has no conditions unless the default follows. */
    Map<Integer, List<Alternative>> alternatives(SeccompArchitecture architecture) {
        Map<Integer, List<Alternative>> found = new HashMap<>();
        for (SeccompRule rule : rules) {
            for (String name : rule.names()) {
                OptionalInt number =
                        Syscall.named(name).map(architecture::number).orElse(OptionalInt.empty());
                if (number.isPresent()) {
                    add(found.computeIfAbsent(number.getAsInt(), _ -> new ArrayList<>()), rule, architecture);
                }
            }
        }
        return found;
    }

    private static void add(List<Alternative> list, SeccompRule rule, SeccompArchitecture architecture) {
        if (!list.isEmpty() && list.getFirst().conditions().isEmpty()) {
            return;
        }
        int result = rule.action().returnValue();
        if (rule.conditions().isEmpty()) {
            list.clear();
            list.add(new Alternative(List.of(), result));
        }
        for (List<SeccompCondition> conditions : rule.alternatives()) {
            list.add(new Alternative(
                    architecture.isNarrow()
                            ? conditions.stream()
                                    .map(SeccompCondition::narrowed)
                                    .toList()
                            : conditions,
                    result));
        }
    }

    /** True when newer calls than the profile knows should look as if the kernel lacked them. */
    boolean hidesNewCalls() {
        return switch (defaultAction.kind()) {
            case ALLOW, LOG, TRACE, NOTIFY -> false;
            case ERRNO, TRAP, KILL_PROCESS, KILL_THREAD -> true;
        };
    }

    /** What a filter must return for a call: the meaning of the profile, without any compiling. */
    int evaluate(int auditNumber, int number, long[] arguments) {
        boolean x32 = auditNumber == SeccompArchitecture.X32.auditNumber()
                && Integer.compareUnsigned(number, SeccompArchitecture.X32_BIT) >= 0;
        for (SeccompArchitecture architecture : architectures) {
            if (architecture.auditNumber() == auditNumber && x32 == (architecture == SeccompArchitecture.X32)) {
                return evaluate(architecture, number, arguments);
            }
        }
        return UNKNOWN_ARCHITECTURE;
    }

    private int evaluate(SeccompArchitecture architecture, int number, long[] arguments) {
        Map<Integer, List<Alternative>> all = alternatives(architecture);
        for (Alternative alternative : all.getOrDefault(number, List.of())) {
            if (alternative.conditions().stream().allMatch(c -> c.holds(arguments[c.index()]))) {
                return alternative.result();
            }
        }
        int newest = all.keySet().stream().max(Integer::compareUnsigned).orElse(-1);
        boolean tooNew = Integer.compareUnsigned(number, newest) > 0;
        return tooNew && hidesNewCalls() ? TOO_NEW : defaultAction.returnValue();
    }
}
