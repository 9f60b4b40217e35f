package dev.priok.engine.transfer;

import dev.priok.content.Ingest;
import dev.priok.core.Leases.Lease;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What is read goes into a blob too, which is checked and stored when the end is read. */
final class Tee extends FilterInputStream {
    private final Ingest ingest;
    private final Lease lease;
    private final Tally tally;
    private boolean ended;

    Tee(InputStream in, Ingest ingest, Lease lease, Tally tally) {
        super(in);
        this.ingest = ingest;
        this.lease = lease;
        this.tally = tally;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = in.read(bytes, offset, length);
        if (n > 0) {
            ingest.write(bytes, offset, n);
            tally.bytes("Downloading", ingest.written());
        } else if (n < 0 && !ended) {
            ended = true;
            tally.say("Verifying Checksum");
            ingest.commitSoon(lease);
            tally.say("Download complete");
        }
        return n;
    }
}
