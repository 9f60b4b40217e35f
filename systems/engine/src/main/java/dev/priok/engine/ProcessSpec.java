package dev.priok.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The process of a container.
 *
 * @param entrypoint null for the image's; {@code [""]} or an empty list to have none
 * @param cmd null for the image's
 * @param env {@code NAME=value}; a bare {@code NAME} removes the image's variable
 * @param workingDir absolute; empty for the image's
 * @param user {@code user[:group]}, names or numbers; empty for the image's
 * @param groupAdd further groups, names or numbers
 * @param tty whether it gets a terminal
 * @param openStdin whether standard input stays open
 * @param stdinOnce whether standard input closes when the first attached client goes
 * @param attachStdin what the client said it would attach; kept for inspect
 * @param attachStdout as {@code attachStdin}
 * @param attachStderr as {@code attachStdin}
 * @param stopSignal name or number; empty for the image's, else SIGTERM
 * @param stopTimeoutSeconds null for ten seconds; negative for ever
 * @param shell of shell-form commands, for health checks and commits; null for the image's
 * @param onBuild triggers, kept for inspect
 * @param consoleHeight rows of the terminal at start, 0 when unknown
 * @param consoleWidth columns of the terminal at start, 0 when unknown
 */
public record ProcessSpec(
        @Nullable List<String> entrypoint,
        @Nullable List<String> cmd,
        List<String> env,
        String workingDir,
        String user,
        List<String> groupAdd,
        boolean tty,
        boolean openStdin,
        boolean stdinOnce,
        boolean attachStdin,
        boolean attachStdout,
        boolean attachStderr,
        String stopSignal,
        @Nullable Integer stopTimeoutSeconds,
        @Nullable List<String> shell,
        List<String> onBuild,
        int consoleHeight,
        int consoleWidth) {
    public ProcessSpec {
        entrypoint = Copies.listOrNull(entrypoint);
        cmd = Copies.listOrNull(cmd);
        env = Copies.list(env);
        workingDir = Copies.text(workingDir);
        user = Copies.text(user);
        groupAdd = Copies.list(groupAdd);
        stopSignal = Copies.text(stopSignal);
        shell = Copies.listOrNull(shell);
        onBuild = Copies.list(onBuild);
    }

    /** This command with the image's defaults, no terminal and no input; an empty command is the image's. */
    public static ProcessSpec of(List<String> command) {
        return new ProcessSpec(
                null,
                command.isEmpty() ? null : command,
                List.of(),
                "",
                "",
                List.of(),
                false,
                false,
                false,
                false,
                true,
                true,
                "",
                null,
                null,
                List.of(),
                0,
                0);
    }

    /** This process with another program. */
    public ProcessSpec withCommand(@Nullable List<String> newEntrypoint, @Nullable List<String> newCmd) {
        return new ProcessSpec(
                newEntrypoint,
                newCmd,
                env,
                workingDir,
                user,
                groupAdd,
                tty,
                openStdin,
                stdinOnce,
                attachStdin,
                attachStdout,
                attachStderr,
                stopSignal,
                stopTimeoutSeconds,
                shell,
                onBuild,
                consoleHeight,
                consoleWidth);
    }
}
