package dev.priok.engine;

/**
 * The engine, opened once per data root. Closing it leaves containers running; the next engine on the same data root takes them
 * over.
 */
public interface Engine extends AutoCloseable {
    Containers containers();

    Execs execs();

    Images images();

    Volumes volumes();

    Networks networks();

    Events events();

    SystemInfo system();

    /** Stops supervising and writes what is pending; containers run on. */
    @Override
    void close();
}
