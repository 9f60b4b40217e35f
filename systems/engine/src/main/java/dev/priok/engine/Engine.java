package dev.priok.engine;

import dev.priok.core.Digest;
import dev.priok.core.ImageReference;
import dev.priok.engine.internal.Assembly;
import dev.priok.image.ImageSource;
import java.io.IOException;
import java.util.List;

/**
 * The engine, opened once per data root. Closing it leaves containers running, unless its {@link EngineConfig#farewell} says
 * otherwise; the next engine on the same data root takes them over.
 */
public interface Engine extends AutoCloseable {
    /**
     * Opens the engine and takes over what the one before it left; returns when every container has its true state.
     *
     * @throws IOException when the data root cannot be used
     */
    static Engine open(EngineConfig config, EngineParts parts) throws IOException {
        return Assembly.open(config, parts);
    }

    Containers containers();

    Execs execs();

    Images images();

    /** Images from registries, for who needs one that is not here. */
    ImageSource imageSource();

    /** Tells whoever listens to events that a build made an image and gave it names. */
    void imageBuilt(Digest image, List<ImageReference> names);

    Jobs jobs();

    Volumes volumes();

    Networks networks();

    Events events();

    SystemInfo system();

    /** Stops supervising and writes what is pending; containers run on, or are stopped first. */
    @Override
    void close();
}
