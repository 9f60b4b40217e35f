package dev.priok.runtime.internal;

import dev.priok.init.Program;
import dev.priok.init.Report;
import dev.priok.linux.Errno;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.runtime.StartException;
import dev.priok.runtime.StartException.Reason;
import java.util.List;

/** Says in Docker's words why a process was not started; clients look for them. */
final class StartFailures {
    private StartFailures() {}

    static StartException explain(Program program, Report failure, List<Report> notes, ProcessSpec process) {
        Errno errno = Errno.of((int) failure.value());
        String purpose = program.purposeOf(failure.index());
        if (!purpose.equals(IdentitySteps.EXECUTING)) {
            return new StartException(Reason.STEP_FAILED, purpose + ": " + errno.message());
        }
        String name = process.args().getFirst();
        if (errno != Errno.ENOENT) {
            return new StartException(Reason.NOT_EXECUTABLE, "exec " + name + ": " + errno.message() + ": unknown");
        }
        if (!name.contains("/")) {
            return new StartException(
                    Reason.NOT_FOUND, "exec: \"" + name + "\": executable file not found in $PATH: unknown");
        }
        Errno met = notes.isEmpty() ? errno : Errno.of((int) notes.getLast().value());
        return met == Errno.ENOENT
                ? new StartException(
                        Reason.NOT_FOUND, "exec: \"" + name + "\": stat " + name + ": " + met.message() + ": unknown")
                : new StartException(Reason.NOT_EXECUTABLE, "exec: \"" + name + "\": " + met.message() + ": unknown");
    }
}
