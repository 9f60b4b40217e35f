package dev.priok.build.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What git over ssh needs of whoever asks for it.
 *
 * @param agents opens a connection to an agent that holds keys
 * @param knownHosts a file of the keys of servers, as ssh has them; without one no server is known
 */
public record SshAccess(Supplier<Agent> agents, Optional<Path> knownHosts) {
    /** A connection to an agent. */
    public interface Agent extends AutoCloseable {
        /** The agent's answer to a message of the agent protocol, both without their lengths. */
        byte[] ask(byte[] message) throws IOException;

        /** Tells the agent that nothing more comes. */
        @Override
        void close();
    }
}
