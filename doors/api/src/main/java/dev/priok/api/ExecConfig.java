package dev.priok.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /containers/{id}/exec}. */
public record ExecConfig(
        String user,
        boolean privileged,
        boolean tty,
        List<Integer> consoleSize,
        boolean attachStdin,
        boolean attachStderr,
        boolean attachStdout,
        @Nullable String detachKeys,
        List<String> env,
        String workingDir,

        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<String> cmd) {
    public ExecConfig {
        user = Absent.text(user);
        consoleSize = Absent.list(consoleSize);
        env = Absent.list(env);
        workingDir = Absent.text(workingDir);
        cmd = Absent.list(cmd);
    }
}
