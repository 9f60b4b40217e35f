package dev.priok.snapshot;

/**
 * One difference between a snapshot and its layers, as {@code docker diff} shows it.
 *
 * @param kind what happened
 * @param path absolute path inside the root file system
 */
public record Change(Kind kind, String path) {
    /** What happened to a path; the number is the Engine API's. */
    public enum Kind {
        MODIFIED(0, 'C'),
        ADDED(1, 'A'),
        DELETED(2, 'D');

        private final int number;
        private final char letter;

        Kind(int number, char letter) {
            this.number = number;
            this.letter = letter;
        }

        public int number() {
            return number;
        }

        public char letter() {
            return letter;
        }
    }
}
