package dev.priok.build;

import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The builds of the last time, with all that they wrote. The oldest go when there are many or they take much room. */
public interface BuildHistory {
    /** All that are kept, the latest first; those that run are among them. */
    List<Build> list();

    /**
     * One build, by its id or the beginning of it.
     *
     * @throws Failure of kind NOT_FOUND when there is none, INVALID when there are several
     */
    Build find(String id);

    /**
     * What its steps wrote and what became of them, as plain text, complete; to be closed.
     *
     * @throws Failure of kind NOT_FOUND when there is no such build
     */
    InputStream log(String id) throws IOException;

    /**
     * A build.
     *
     * @param name tag, or the Dockerfile when there is none
     * @param status {@code running}, {@code done}, {@code failed} or {@code interrupted}, which is what a build is whose daemon ended
     * @param image what came out
     * @param error why nothing came out, or empty
     * @param steps in the order in which they began
     */
    record Build(
            String id,
            String name,
            String status,
            Instant started,
            Optional<Instant> ended,
            Optional<Digest> image,
            String error,
            List<StepRecord> steps) {
        public Build {
            steps = List.copyOf(steps);
        }
    }

    /**
     * A step of one.
     *
     * @param why reason why it ran and was not found in the cache, or empty
     */
    record StepRecord(
            Digest digest,
            String name,
            Optional<Instant> started,
            Optional<Instant> completed,
            boolean cached,
            String error,
            String why) {}
}
