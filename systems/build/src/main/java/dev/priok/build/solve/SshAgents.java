package dev.priok.build.solve;

import dev.priok.build.context.AgentCalls;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The ssh agents that a client lets its build use.
 *
 * @param ids their names
 * @param calls asks them
 * @param knownHosts a file of the keys of servers, as ssh has them, if the client sent one
 */
record SshAgents(Set<String> ids, AgentCalls calls, Optional<Path> knownHosts) {
    static final SshAgents NONE = new SshAgents(Set.of(), AgentCalls.NOBODY, Optional.empty());

    SshAgents {
        ids = Set.copyOf(ids);
    }
}
