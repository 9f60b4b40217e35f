package dev.priok.engine.transfer;

import dev.priok.content.ContentStore;
import dev.priok.content.Ingest;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import dev.priok.distribution.Repository;
import dev.priok.oci.image.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;

/** Brings blobs of layers that need not be unpacked. */
final class LayerKeeper {
    private final ContentStore content;
    private final Flights flights;
    private final Repository repository;
    private final Semaphore slots;
    private final Lease lease;

    LayerKeeper(ContentStore content, Flights flights, Repository repository, Semaphore slots, Lease lease) {
        this.content = content;
        this.flights = flights;
        this.repository = repository;
        this.slots = slots;
        this.lease = lease;
    }

    /** Brings one unless it is here. */
    void keep(Descriptor layer, Tally tally) throws IOException {
        Digest digest = layer.parsedDigest();
        lease.protect(digest);
        if (content.contains(digest)) {
            return;
        }
        try {
            slots.acquire();
            try {
                while (!content.contains(digest)) {
                    Optional<Flights.Flight> flight = flights.begin(digest);
                    if (flight.isPresent()) {
                        try (Flights.Flight _ = flight.get()) {
                            download(layer, tally);
                        }
                    }
                }
            } finally {
                slots.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("cancelled");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    private void download(Descriptor layer, Tally tally) throws IOException {
        for (int i = 1; !content.contains(layer.parsedDigest()); i++) {
            try (Ingest ingest = content.resume(
                            layer.parsedDigest(), OptionalLong.of(layer.size()), OutputStream.nullOutputStream());
                    InputStream rest = new Tee(repository.blob(layer, ingest.written()), ingest, lease, tally)) {
                rest.transferTo(OutputStream.nullOutputStream());
            } catch (Failure e) {
                if (e.kind() != Failure.Kind.INVALID || i == LayerFetcher.TRIES) {
                    throw e;
                }
            }
        }
    }
}
