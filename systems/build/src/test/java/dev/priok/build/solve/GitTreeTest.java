package dev.priok.build.solve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.priok.build.context.AgentCalls;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GitTreeTest {
    @Test
    void access_isByTheDefaultAgentAndNoOther() {
        assertEquals(Optional.empty(), GitTree.access(agents(Set.of("a", "other"))));
        assertEquals(true, GitTree.access(agents(Set.of("a", "default"))).isPresent());
    }

    private static SshAgents agents(Set<String> ids) {
        return new SshAgents(ids, AgentCalls.NOBODY, Optional.empty());
    }
}
