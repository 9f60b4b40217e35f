package dev.priok.engine.transfer;

import dev.priok.archive.Compression;
import dev.priok.archive.ReadAhead;
import dev.priok.content.ContentStore;
import dev.priok.content.Ingest;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.Leases.Lease;
import dev.priok.distribution.Repository;
import dev.priok.oci.image.Descriptor;
import dev.priok.snapshot.LayerIntake;
import dev.priok.snapshot.LayerIntake.Unpacked;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one layer from a registry into an intake in one pass: what comes over the network is stored, checked, decompressed and
 * unpacked at the same time. What is stored of it when that is broken off is used by the next try.
 */
final class LayerFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(LayerFetcher.class);
    /** A registry that sends wrong bytes three times has them so. */
    static final int TRIES = 3;

    private static final int BUFFER_BYTES = 256 << 10;

    private final ContentStore content;
    private final Flights flights;
    private final Repository repository;
    private final Semaphore slots;
    private final LayerIntake intake;
    private final Lease lease;

    LayerFetcher(
            ContentStore content,
            Flights flights,
            Repository repository,
            Semaphore slots,
            LayerIntake intake,
            Lease lease) {
        this.content = content;
        this.flights = flights;
        this.repository = repository;
        this.slots = slots;
        this.intake = intake;
        this.lease = lease;
    }

    /** Fetches and unpacks; waits for its turn. */
    Unpacked fetch(Descriptor layer, Tally tally) throws IOException, InterruptedException {
        slots.acquire();
        try {
            return fetchInTurn(layer, tally);
        } finally {
            slots.release();
        }
    }

    private Unpacked fetchInTurn(Descriptor layer, Tally tally) throws IOException, InterruptedException {
        Digest digest = layer.parsedDigest();
        lease.protect(digest);
        while (!content.contains(digest)) {
            Optional<Flights.Flight> flight = flights.begin(digest);
            if (flight.isPresent()) {
                try (Flights.Flight _ = flight.get()) {
                    if (!content.contains(digest)) {
                        return download(layer, tally);
                    }
                }
            }
        }
        tally.say("Download complete");
        return unpackStored(layer, tally);
    }

    private Unpacked download(Descriptor layer, Tally tally) throws IOException {
        for (int i = 1; ; i++) {
            try {
                return i == 1 ? downloadAndUnpack(layer, tally) : downloadThenUnpack(layer, tally);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException | Failure e) {
                boolean ours = e instanceof Failure f && f.kind() != Failure.Kind.INVALID;
                if (i == TRIES || ours || Thread.currentThread().isInterrupted() || isFull(e)) {
                    throw e;
                }
                // Wrong bytes, or bytes that could not be unpacked: whether they were wrong shows when all are here.
                LOG.info("trying layer {} again: {}", layer.digest(), e.getMessage());
            }
        }
    }

    private static boolean isFull(Exception e) {
        return String.valueOf(e.getMessage()).contains("No space left on device");
    }

    private Unpacked downloadAndUnpack(Descriptor layer, Tally tally) throws IOException {
        try (Ingest ingest = resume(layer)) {
            if (ingest.written() == 0) {
                try (ReadAhead compressed = new ReadAhead(new Tee(repository.blob(layer, 0), ingest, lease, tally))) {
                    Unpacked unpacked = unpack(compressed, layer, tally);
                    // What follows the end of the compressed tar belongs to the blob.
                    compressed.transferTo(OutputStream.nullOutputStream());
                    return unpacked;
                }
            }
        }
        return downloadThenUnpack(layer, tally);
    }

    private Ingest resume(Descriptor layer) throws IOException {
        return content.resume(layer.parsedDigest(), OptionalLong.of(layer.size()), OutputStream.nullOutputStream());
    }

    private Unpacked downloadThenUnpack(Descriptor layer, Tally tally) throws IOException {
        if (!content.contains(layer.parsedDigest())) {
            try (Ingest ingest = resume(layer);
                    InputStream rest = new Tee(repository.blob(layer, ingest.written()), ingest, lease, tally)) {
                rest.transferTo(OutputStream.nullOutputStream());
            }
        }
        return unpackStored(layer, tally);
    }

    private Unpacked unpackStored(Descriptor layer, Tally tally) throws IOException {
        InputStream stored = Channels.newInputStream(content.open(layer.parsedDigest()));
        try (InputStream in = new BufferedInputStream(stored, BUFFER_BYTES)) {
            return unpack(in, layer, tally);
        }
    }

    private Unpacked unpack(InputStream compressed, Descriptor layer, Tally tally) throws IOException {
        try (InputStream tar = new ReadAhead(Compression.decompress(new Open(compressed)))) {
            Unpacked unpacked = intake.unpack(tar);
            tally.bytes("Extracting", layer.size());
            return unpacked;
        }
    }

    /** The stream below is closed by who opened it: it has to be read to its end first. */
    private static final class Open extends FilterInputStream {
        Open(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return in.read(bytes, offset, length);
        }

        @Override
        public void close() {}
    }
}
