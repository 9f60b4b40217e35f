package dev.priok.build;

import java.util.Map;

/** Whoever sends a build context file by file, as it is asked to; called from any thread. */
public interface ContextClient {
    /**
     * Asks for files.
     *
     * @param numbers positions in the client's list of files, as ranges: {@code 3-17,20}
     */
    void send(String numbers);

    /**
     * Says that nothing more is needed.
     *
     * @param received hexadecimal SHA-256 of what came, by number
     */
    void end(Map<Integer, String> received);

    /**
     * Asks an ssh agent of the client.
     *
     * @param agent its name
     * @param connection what is asked over one connection goes to the agent over one connection
     * @param number names the answer
     * @param message one of the agent protocol, without its length; empty to end the connection, which has no answer
     */
    void ask(String agent, int connection, int number, byte[] message);

    /** Is told that the client hung up before its list was served. */
    void gone();
}
