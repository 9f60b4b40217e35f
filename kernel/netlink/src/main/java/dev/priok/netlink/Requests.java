package dev.priok.netlink;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Messages that are sent together, each with words for what it asks. */
public class Requests {
    static final int REQUEST = 1;
    static final int ACK = 4;
    static final int DUMP = 0x300;
    static final int REPLACE = 0x100;
    static final int EXCLUSIVE = 0x200;
    static final int CREATE = 0x400;

    private final MessageWriter writer = new MessageWriter();
    private final List<Request> requests = new ArrayList<>();

    /**
     * One message of the batch.
     *
     * @param asked such as {@code making link veth1}
     * @param offset where its header begins
     */
    record Request(String asked, int offset) {}

    /** Adds a message; {@code body} writes its fixed structure and attributes. */
    final void add(String asked, int type, int flags, Consumer<MessageWriter> body) {
        requests.add(new Request(asked, writer.size()));
        writer.begin(type, REQUEST | flags);
        body.accept(writer);
        writer.end();
    }

    /** How many messages there are. */
    public final int count() {
        return requests.size();
    }

    /** How many bytes they take. */
    public final int size() {
        return writer.size();
    }

    final List<Request> requests() {
        return requests;
    }

    final MessageWriter writer() {
        return writer;
    }
}
