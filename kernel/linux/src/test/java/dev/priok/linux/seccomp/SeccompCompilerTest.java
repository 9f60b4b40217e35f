package dev.priok.linux.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.linux.Syscall;
import dev.priok.linux.seccomp.SeccompCondition.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Compiled filters mean what their profiles say. */
class SeccompCompilerTest {
    private static final int[] AUDITS = {0xC000003E, 0x40000003, 0xC00000B7, 0x40000028};

    /** Few different halves, so that comparisons meet equal words often. */
    private static final List<Long> HALVES = List.of(0L, 1L, 2L, 38L, 0x7FFFFFFFL, 0x80000000L, 0xFFFFFFFFL);

    private static final int ARGUMENTS_PER_CALL = 12;

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void compiledFilter_answersAsTheProfile(@ForAll("profiles") SeccompProfile profile, @ForAll long seed) {
        FilterMachine machine = new FilterMachine(SeccompCompiler.compile(profile));
        Random random = new Random(seed);
        for (int audit : AUDITS) {
            for (int number : interestingNumbers(profile, random)) {
                for (int i = 0; i < ARGUMENTS_PER_CALL; i++) {
                    long[] arguments = arguments(random, audit == SeccompArchitecture.I386.auditNumber());
                    assertEquals(
                            profile.evaluate(audit, number, arguments),
                            machine.run(audit, number, arguments),
                            () -> "%s on %x call %x with %s"
                                    .formatted(profile, audit, number, Arrays.toString(arguments)));
                }
            }
        }
    }

    /** The calls that the profile names, their neighbours, and some others. */
    private static Set<Integer> interestingNumbers(SeccompProfile profile, Random random) {
        Set<Integer> numbers = new TreeSet<>(List.of(-1, 0, SeccompArchitecture.X32_BIT, 1 << 31, random.nextInt()));
        for (SeccompArchitecture architecture : profile.architectures()) {
            for (int number : profile.alternatives(architecture).keySet()) {
                numbers.addAll(List.of(number - 1, number, number + 1));
            }
        }
        return numbers;
    }

    private static long[] arguments(Random random, boolean narrow) {
        long[] arguments = new long[6];
        for (int i = 0; i < arguments.length; i++) {
            // The kernel never shows more than 32 bits of a 32-bit program's arguments.
            long high = narrow ? 0 : half(random);
            arguments[i] = high << 32 | half(random);
        }
        return arguments;
    }

    private static long half(Random random) {
        return HALVES.get(random.nextInt(HALVES.size()));
    }

    @Provide
    Arbitrary<SeccompProfile> profiles() {
        Arbitrary<SeccompAction> actions = Arbitraries.of(
                SeccompAction.ALLOW,
                SeccompAction.errno(1),
                SeccompAction.errno(38),
                new SeccompAction(SeccompAction.Kind.LOG, 0),
                new SeccompAction(SeccompAction.Kind.KILL_PROCESS, 0),
                new SeccompAction(SeccompAction.Kind.TRAP, 0));
        Arbitrary<SeccompCondition> conditions = Combinators.combine(
                        Arbitraries.integers().between(0, 5), Arbitraries.of(Operator.values()), words(), words())
                .as(SeccompCondition::new);
        Arbitrary<String> names = Arbitraries.of(Syscall.values()).map(Syscall::kernelName);
        Arbitrary<SeccompRule> rules = Combinators.combine(
                        names.list().ofMinSize(1).ofMaxSize(8),
                        actions,
                        conditions.list().ofMaxSize(3))
                .as(SeccompRule::new);
        Arbitrary<List<SeccompArchitecture>> architectures = Arbitraries.of(SeccompArchitecture.values())
                .list()
                .uniqueElements()
                .ofMinSize(1);
        return Combinators.combine(actions, architectures, rules.list().ofMaxSize(10))
                .as(SeccompProfile::new);
    }

    private static Arbitrary<Long> words() {
        Arbitrary<Long> halves = Arbitraries.of(HALVES);
        return Combinators.combine(halves, halves).as((high, low) -> high << 32 | low);
    }

    @Example
    void everyCallNumber_answersAsTheProfile() {
        SeccompProfile profile = new SeccompProfile(
                SeccompAction.errno(1),
                List.of(SeccompArchitecture.X86_64, SeccompArchitecture.I386),
                List.of(
                        SeccompRule.always(SeccompAction.ALLOW, "read", "write", "no_such_call"),
                        SeccompRule.always(SeccompAction.errno(38), "clone3")));
        FilterMachine machine = new FilterMachine(SeccompCompiler.compile(profile));
        for (int audit : AUDITS) {
            for (int number = 0; number < 1000; number++) {
                long[] none = new long[6];
                assertEquals(profile.evaluate(audit, number, none), machine.run(audit, number, none));
            }
        }
        assertEquals(0x7fff0000, machine.run(AUDITS[0], 0, new long[6]), "read");
        assertEquals(0x00050001, machine.run(AUDITS[0], 2, new long[6]), "open");
        assertEquals(0x00050026, machine.run(AUDITS[0], 435, new long[6]), "clone3");
        assertEquals(0x00050026, machine.run(AUDITS[0], 436, new long[6]), "newer than the profile");
        assertEquals(0, machine.run(AUDITS[0], SeccompArchitecture.X32_BIT, new long[6]), "x32 is not listed");
        assertEquals(0, machine.run(AUDITS[2], 63, new long[6]), "another machine");
    }

    @Example
    void conditionsOnOneArgument_areAlternatives() {
        SeccompRule rule = new SeccompRule(
                List.of("personality"),
                SeccompAction.ALLOW,
                List.of(new SeccompCondition(0, Operator.EQUAL, 0, 0), new SeccompCondition(0, Operator.EQUAL, 8, 0)));
        SeccompProfile profile =
                new SeccompProfile(SeccompAction.errno(1), List.of(SeccompArchitecture.X86_64), List.of(rule));
        FilterMachine machine = new FilterMachine(SeccompCompiler.compile(profile));
        assertEquals(0x7fff0000, machine.run(AUDITS[0], 135, new long[] {8, 0, 0, 0, 0, 0}));
        assertEquals(0x00050001, machine.run(AUDITS[0], 135, new long[] {9, 0, 0, 0, 0, 0}));
    }

    @Example
    void profileBeyondTheKernelsLimit_isRefused() {
        List<SeccompRule> rules = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            rules.add(new SeccompRule(
                    List.of("read"), SeccompAction.ALLOW, List.of(new SeccompCondition(0, Operator.EQUAL, i, 0))));
        }
        SeccompProfile profile = new SeccompProfile(SeccompAction.errno(1), List.of(SeccompArchitecture.X86_64), rules);
        String message = assertThrows(IllegalArgumentException.class, () -> SeccompCompiler.compile(profile))
                .getMessage();
        assertTrue(message.contains("the kernel takes 4096"), message);
    }
}
