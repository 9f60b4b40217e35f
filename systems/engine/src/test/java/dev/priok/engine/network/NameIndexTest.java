package dev.priok.engine.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.engine.ContainerSpec;
import dev.priok.engine.NetworkSpec;
import dev.priok.engine.state.Definition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NameIndexTest {
    private static final int MANY = 20_000;

    private final NameIndex index = new NameIndex();

    private static Definition container(int number, String name, String... aliases) {
        NetworkSpec.Endpoint endpoint =
                new NetworkSpec.Endpoint(List.of(aliases), List.of(), "", "", "", Map.of(), 0, "net", List.of());
        ContainerSpec spec = ContainerSpec.of("image", "true")
                .withName(name)
                .withNetwork(NetworkSpec.DEFAULT.withEndpoints(Map.of("front", endpoint)));
        return new Definition(id(number), Instant.EPOCH, spec, List.of(), "", "", "", List.of(), null);
    }

    private static String id(int number) {
        return "%012x%052x".formatted(number, 0);
    }

    @Test
    void namesAliasesAndShortIds_areFound_inLowerCase_onTheirNetworkAlone() {
        index.put(container(0x1234, "Web", "store", "Shared"));
        index.put(container(0x5678, "db", "shared"));
        assertEquals(Set.of(id(0x1234)), index.owners("net", "web"));
        assertEquals(Set.of(id(0x1234)), index.owners("net", "store"));
        assertEquals(Set.of(id(0x1234), id(0x5678)), index.owners("net", "shared"));
        assertEquals(Set.of(), index.owners("other", "web"));
        assertEquals(Set.of(), index.owners("net", "nobody"));
    }

    @Test
    void renamedAndRemovedContainers_leaveNoName() {
        index.put(container(1, "old", "shared"));
        index.put(container(2, "other", "shared"));
        index.put(container(1, "new", "shared"));
        assertEquals(Set.of(), index.owners("net", "old"));
        assertEquals(Set.of(id(1)), index.owners("net", "new"));
        index.remove(id(1));
        assertEquals(Set.of(), index.owners("net", "new"));
        assertEquals(Set.of(id(2)), index.owners("net", "shared"));
        index.remove(id(1));
    }

    @Test
    void aLookUpTakesNoLonger_whenThereAreMany() {
        for (int i = 0; i < MANY; i++) {
            index.put(container(i, "c" + i));
        }
        long start = System.nanoTime();
        for (int i = 0; i < MANY; i++) {
            assertEquals(1, index.owners("net", "c" + i).size());
        }
        // Looking through all of them for each would be 400 million comparisons.
        assertTrue(System.nanoTime() - start < 2_000_000_000L);
    }
}
