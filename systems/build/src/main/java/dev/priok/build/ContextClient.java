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

    /** Is told that the client hung up before its list was served. */
    void gone();
}
