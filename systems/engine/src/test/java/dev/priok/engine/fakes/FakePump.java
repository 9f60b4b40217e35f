package dev.priok.engine.fakes;

import dev.priok.logs.Output;
import dev.priok.logs.OutputPump;
import java.util.concurrent.CompletableFuture;

/** A pump without output: everything is drained at once. */
public final class FakePump implements OutputPump {
    @Override
    public Pumped add(Output output) {
        output.journals().ifPresent(dev.priok.logs.Journals::close);
        return new Pumped() {
            @Override
            public CompletableFuture<Void> drained() {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public boolean ended() {
                return true;
            }

            @Override
            public void abandon() {
                throw new IllegalStateException("there is nothing to abandon");
            }

            @Override
            public void drop() {
                throw new IllegalStateException("there is nothing to drop");
            }
        };
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
