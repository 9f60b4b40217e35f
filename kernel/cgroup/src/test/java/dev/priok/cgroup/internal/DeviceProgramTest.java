package dev.priok.cgroup.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.cgroup.DeviceRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The program is run by a small interpreter and compared with the rules read one by one. */
class DeviceProgramTest {
    private static final long SEED = 20250101;
    private static final List<DeviceRule.Type> TYPES =
            List.of(DeviceRule.Type.ALL, DeviceRule.Type.CHARACTER, DeviceRule.Type.BLOCK);

    @Test
    void docker_defaults() {
        List<DeviceRule> rules = List.of(
                DeviceRule.DENY_ALL,
                DeviceRule.allow(DeviceRule.Type.CHARACTER, 1, 3, "rwm"),
                new DeviceRule(true, DeviceRule.Type.CHARACTER, OptionalInt.empty(), OptionalInt.empty(), "m"),
                new DeviceRule(true, DeviceRule.Type.CHARACTER, OptionalInt.of(136), OptionalInt.empty(), "rwm"),
                new DeviceRule(false, DeviceRule.Type.CHARACTER, OptionalInt.of(10), OptionalInt.of(229), "rwm"));
        assertEquals(true, run(rules, 2, 6, 1, 3), "read and write /dev/null");
        assertEquals(false, run(rules, 2, 2, 1, 1), "read /dev/mem");
        assertEquals(true, run(rules, 2, 1, 1, 1), "mknod of it");
        assertEquals(false, run(rules, 2, 1, 10, 229), "mknod of fuse");
        assertEquals(true, run(rules, 2, 2, 136, 12), "a terminal");
        assertEquals(false, run(rules, 1, 2, 8, 0), "a disk");
    }

    @Test
    void privileged_allowsEverything() {
        assertEquals(true, run(List.of(DeviceRule.ALLOW_ALL), 1, 7, 8, 0));
        assertEquals(false, run(List.of(), 2, 2, 1, 3), "no rule, no access");
    }

    @Test
    void accessesGrantedByDifferentRules_addUp() {
        List<DeviceRule> rules = List.of(
                DeviceRule.allow(DeviceRule.Type.BLOCK, 8, 0, "r"), DeviceRule.allow(DeviceRule.Type.BLOCK, 8, 0, "w"));
        assertEquals(true, run(rules, 1, 6, 8, 0));
        assertEquals(false, run(rules, 1, 7, 8, 0));
    }

    @Test
    void randomRules_decideAsIfReadOneByOne() {
        Random random = new Random(SEED);
        for (int round = 0; round < 20_000; round++) {
            List<DeviceRule> rules = new ArrayList<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                rules.add(new DeviceRule(
                        random.nextBoolean(),
                        TYPES.get(random.nextInt(3)),
                        random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(3)),
                        random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(3)),
                        List.of("r", "w", "m", "rw", "rm", "rwm").get(random.nextInt(6))));
            }
            int type = 1 + random.nextInt(2);
            int access = 1 + random.nextInt(7);
            int major = random.nextInt(3);
            int minor = random.nextInt(3);
            assertEquals(
                    decide(rules, type, access, major, minor),
                    run(rules, type, access, major, minor),
                    () -> rules + " type " + type + " access " + access + " " + major + ":" + minor);
        }
    }

    private static boolean decide(List<DeviceRule> rules, int type, int access, int major, int minor) {
        for (int bit = 1; bit <= 4; bit <<= 1) {
            if ((access & bit) != 0) {
                char letter = bit == 1 ? 'm' : bit == 2 ? 'r' : 'w';
                boolean allowed = false;
                for (DeviceRule rule : rules) {
                    boolean typeFits =
                            rule.type() == DeviceRule.Type.ALL || (rule.type() == DeviceRule.Type.BLOCK) == (type == 1);
                    if (typeFits
                            && rule.major().orElse(major) == major
                            && rule.minor().orElse(minor) == minor
                            && rule.access().indexOf(letter) >= 0) {
                        allowed = rule.allow();
                    }
                }
                if (!allowed) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean run(List<DeviceRule> rules, int type, int access, int major, int minor) {
        ByteBuffer code = ByteBuffer.wrap(DeviceProgram.of(rules)).order(ByteOrder.nativeOrder());
        long[] registers = new long[11];
        int[] context = {access << 16 | type, major, minor};
        int at = 0;
        while (true) {
            int operation = code.get(at * 8) & 0xFF;
            int destination = code.get(at * 8 + 1) & 0xF;
            int source = (code.get(at * 8 + 1) >> 4) & 0xF;
            int offset = code.getShort(at * 8 + 2);
            int immediate = code.getInt(at * 8 + 4);
            at++;
            switch (operation) {
                case 0x61 -> registers[destination] = context[offset / 4] & 0xFFFFFFFFL;
                case 0x57 -> registers[destination] &= immediate;
                case 0x77 -> registers[destination] >>>= immediate;
                case 0xbf -> registers[destination] = registers[source];
                case 0xb7 -> registers[destination] = immediate;
                case 0x55 -> at += registers[destination] != immediate ? offset : 0;
                case 0x45 -> at += (registers[destination] & immediate) != 0 ? offset : 0;
                case 0x05 -> at += offset;
                case 0x95 -> {
                    return registers[0] != 0;
                }
                default -> throw new AssertionError("unexpected operation " + operation);
            }
        }
    }
}
