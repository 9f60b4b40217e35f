package dev.priok.cgroup.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Suspends groups: by {@code cgroup.freeze} where v2 is mounted, else by v1's freezer. */
sealed interface Freezing {
    void freeze(Duration patience) throws IOException;

    void thaw() throws IOException;

    boolean frozen() throws IOException;

    /** No freezer is mounted. */
    record None(String path) implements Freezing {
        @Override
        public void freeze(Duration patience) throws IOException {
            throw new IOException("cgroup " + path + " cannot be frozen: no freezer is mounted");
        }

        @Override
        public void thaw() {
            // Nothing can be frozen here.
        }

        @Override
        public boolean frozen() {
            return false;
        }
    }

    /** v2: killing works while frozen, and a process that enters is frozen too. */
    record Unified(ControlFiles files, Path directory) implements Freezing {
        @Override
        public void freeze(Duration patience) throws IOException {
            files.write(directory.resolve("cgroup.freeze"), "1");
            Waiting.until(this::standsStill, patience, this);
        }

        private boolean standsStill() throws IOException {
            return files.read(directory.resolve("cgroup.events"))
                    .map(text -> text.lines().anyMatch("frozen 1"::equals))
                    .orElse(true);
        }

        @Override
        public void thaw() throws IOException {
            files.write(directory.resolve("cgroup.freeze"), "0");
        }

        @Override
        public boolean frozen() throws IOException {
            return files.read(directory.resolve("cgroup.freeze"))
                    .map(text -> text.strip().equals("1"))
                    .orElse(false);
        }
    }

    /** v1: a fork at the wrong moment keeps it FREEZING for ever, so it is asked again and again. */
    record Legacy(ControlFiles files, Path directory) implements Freezing {
        @Override
        public void freeze(Duration patience) throws IOException {
            Waiting.until(
                    () -> {
                        files.write(directory.resolve("freezer.state"), "FROZEN");
                        return state().equals("FROZEN");
                    },
                    patience,
                    this);
        }

        private String state() throws IOException {
            return files.read(directory.resolve("freezer.state"))
                    .orElse("FROZEN")
                    .strip();
        }

        @Override
        public void thaw() throws IOException {
            files.write(directory.resolve("freezer.state"), "THAWED");
        }

        @Override
        public boolean frozen() throws IOException {
            return !state().equals("THAWED") && files.exists(directory.resolve("freezer.state"));
        }
    }
}
