package dev.priok.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A further process in a running container.
 *
 * @param cmd program and arguments
 * @param env added to the container's
 * @param workingDir empty for the container's
 * @param user empty for the container's
 * @param privileged whether it gets every capability
 * @param tty whether it gets a terminal
 * @param attachStdin whether a client will give it input
 * @param attachStdout whether a client will read
 * @param attachStderr whether a client will read
 * @param detachKeys null for ctrl-p ctrl-q
 * @param consoleHeight rows at start, 0 when unknown
 * @param consoleWidth columns at start, 0 when unknown
 */
public record ExecSpec(
        List<String> cmd,
        List<String> env,
        String workingDir,
        String user,
        boolean privileged,
        boolean tty,
        boolean attachStdin,
        boolean attachStdout,
        boolean attachStderr,
        @Nullable String detachKeys,
        int consoleHeight,
        int consoleWidth) {
    public ExecSpec {
        cmd = Copies.list(cmd);
        env = Copies.list(env);
        workingDir = Copies.text(workingDir);
        user = Copies.text(user);
    }

    /** This command, with its output read. */
    public static ExecSpec of(String... cmd) {
        return new ExecSpec(List.of(cmd), List.of(), "", "", false, false, false, true, true, null, 0, 0);
    }
}
