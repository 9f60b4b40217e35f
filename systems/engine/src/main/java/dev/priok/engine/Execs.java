package dev.priok.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Further processes in running containers. */
public interface Execs {
    /** Checks container and user and returns the id of a session that can be started once. */
    String create(String containerRef, ExecSpec spec);

    /** Checks that it can be started; {@link Session#connect} starts it. A size of 0 keeps that of {@link #create}. */
    Session start(String id, int consoleHeight, int consoleWidth);

    /** Starts it with nobody reading; returns when it runs. */
    void startDetached(String id);

    void resize(String id, int height, int width);

    ExecView inspect(String id);

    /**
     * One session at one instant.
     *
     * @param exitCode null until it ended
     * @param pid on the host; 0 before the start
     */
    record ExecView(
            String id,
            String containerId,
            ExecSpec spec,
            boolean running,
            @Nullable Integer exitCode,
            int pid) {
        /** Program. */
        public String entrypoint() {
            return spec.cmd().getFirst();
        }

        /** Arguments. */
        public List<String> arguments() {
            return spec.cmd().subList(1, spec.cmd().size());
        }
    }
}
