package dev.priok.logs.internal;

import dev.priok.logs.LogBatch;
import dev.priok.logs.LogQuery;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Docker's json-file: one JSON object a line. Byte for byte what Docker writes, so that whatever reads {@code *-json.log} goes on
 * doing so.
 */
final class JsonFormat implements RecordFormat {
    /** Around a line: keys, quotes, the stream and the time. */
    private static final int RECORD_OVERHEAD = 96;

    private static final byte[] LOG_KEY = ascii("{\"log\":");
    private static final byte[] ATTRIBUTES_KEY = ascii(",\"attrs\":");
    private static final byte[] TIME_KEY = ascii(",\"time\":");
    private static final byte[] END = ascii("}\n");
    private static final byte[][] STREAMS = {ascii(",\"stream\":\"stdout\""), ascii(",\"stream\":\"stderr\"")};

    private final byte[] attributes;
    private final Timestamp timestamp = new Timestamp();

    JsonFormat(Map<String, String> attributes) {
        this.attributes = Attributes.json(attributes);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int overheadBytes() {
        return RECORD_OVERHEAD + attributes.length;
    }

    @Override
    public void format(LogBatch batch, int line, JsonWriter json) {
        json.raw(LOG_KEY);
        json.string(batch.bytes(), batch.from(line), batch.to(line));
        json.raw(STREAMS[batch.stream(line).index()]);
        if (attributes.length > 0) {
            json.raw(ATTRIBUTES_KEY);
            json.raw(attributes);
        }
        json.raw(TIME_KEY);
        timestamp.write(batch.epochNanos(line), json);
        json.raw(END);
    }

    @Override
    public LogRecord record() {
        return new JsonRecord();
    }

    @Override
    public RecordReader reader(Segment segment) {
        return new LineRecords(segment);
    }

    @Override
    public long endOfLastRecord(FileChannel file, long size) throws IOException {
        return BackwardScan.endOfLastRecord(file, size);
    }

    @Override
    public Found lastRecords(FileChannel file, long size, long count, LogQuery query) throws IOException {
        return BackwardScan.lastRecords(file, size, count, query);
    }
}
