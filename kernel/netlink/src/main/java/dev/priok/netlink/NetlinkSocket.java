package dev.priok.netlink;

import dev.priok.linux.Errno;
import dev.priok.linux.Fd;
import dev.priok.linux.SocketCalls;
import dev.priok.linux.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.BiConsumer;

/**
 * A netlink socket. One exchange at a time; safe from any thread. It talks to the network namespace in which it was opened.
 */
final class NetlinkSocket implements AutoCloseable {
    /** Messages about links, addresses and routes (linux/netlink.h). */
    static final int ROUTE = 0;
    /** Messages about packet filtering. */
    static final int NETFILTER = 12;

    private static final int SOL_NETLINK = 270;
    private static final int OPTION_CAP_ACK = 10;
    private static final int OPTION_EXT_ACK = 11;
    private static final int OPTION_STRICT_CHECK = 12;

    private static final int TYPE_ERROR = 2;
    private static final int TYPE_DONE = 3;
    private static final int FLAG_DUMP_INTERRUPTED = 0x10;
    private static final int FLAG_ACK_ATTRIBUTES = 0x200;
    private static final int EXT_ACK_TEXT = 1;

    /** The kernel makes answers to a dump no larger than this (af_netlink.c, netlink_dump). */
    private static final int RECEIVE_BYTES = 32 << 10;
    /** Largest batch: 10,000 ports take about 1 MiB. The kernel copies a batch whole. */
    private static final int MOST_SEND_BYTES = 16 << 20;
    /** Room for acknowledgements; what does not fit is lost. */
    private static final int QUEUE_BYTES = 8 << 20;
    /** Objects of one kind in a dump; a conntrack table of the largest common size fits. */
    private static final int MOST_DUMPED = 4_000_000;
    /** A dump that others change meanwhile is begun again this often. */
    private static final int DUMP_ATTEMPTS = 8;
    /** The kernel answers while it handles the send; longer means that the answer was lost. */
    private static final int ANSWER_SECONDS = 20;

    /** Buffers between two exchanges, of whatever socket: there may be a socket for each container, and few speak at once. */
    private static final BlockingQueue<ByteBuffer> SPARE = new ArrayBlockingQueue<>(8);

    private final SocketCalls calls;
    private final Fd fd;
    private int sequence;

    private NetlinkSocket(SocketCalls calls, Fd fd) {
        this.calls = calls;
        this.fd = fd;
    }

    /** Opens a socket in the network namespace of the calling thread. */
    static NetlinkSocket open(SocketCalls calls, int protocol) throws IOException {
        Fd fd = calls.socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW, protocol);
        try {
            calls.setOption(fd, SOL_NETLINK, OPTION_EXT_ACK, 1);
            calls.setOption(fd, SOL_NETLINK, OPTION_CAP_ACK, 1);
            if (protocol == ROUTE) {
                calls.setOption(fd, SOL_NETLINK, OPTION_STRICT_CHECK, 1);
            } else {
                calls.setOption(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVBUFFORCE, QUEUE_BYTES);
                calls.setOption(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_SNDBUFFORCE, MOST_SEND_BYTES + (1 << 20));
            }
            calls.setReceiveTimeout(fd, ANSWER_SECONDS);
            return new NetlinkSocket(calls, fd);
        } catch (IOException e) {
            fd.close();
            throw e;
        }
    }

    /** Receives messages that are no acknowledgement: their type and what follows the header. */
    interface Answers extends BiConsumer<Integer, ByteBuffer> {}

    /** Sends requests that stand for themselves, and waits until each is acknowledged; the first refusal is thrown. */
    synchronized void each(Requests requests, Answers into) throws IOException {
        if (requests.count() == 0) {
            return;
        }
        int first = number(requests);
        // Refusals are told of each; that the last one is acknowledged says that all before it were judged.
        acknowledge(requests, requests.count() - 1);
        send(requests);
        await(requests, first, first + requests.count() - 1, into);
    }

    private static void acknowledge(Requests requests, int index) {
        int offset = requests.requests().get(index).offset();
        ByteBuffer bytes = ByteBuffer.wrap(requests.writer().array()).order(ByteOrder.nativeOrder());
        bytes.putShort(offset + 6, (short) (bytes.getShort(offset + 6) | Requests.ACK));
    }

    /** Sends a batch of nfnetlink, which takes effect wholly or not at all. The last message is the batch's end. */
    synchronized void batch(Requests requests) throws IOException {
        int first = number(requests);
        // The message before the batch's end is acknowledged: then all before it were judged.
        acknowledge(requests, requests.count() - 2);
        send(requests);
        await(requests, first, first + requests.count() - 2, (_, _) -> {});
    }

    /** Asks for all objects of a kind; {@code into} may be told of some and then again of all from {@code restart} on. */
    synchronized void dump(Requests request, Runnable restart, Answers into) throws IOException {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            restart.run();
            int number = number(request);
            send(request);
            if (collect(request, number, into)) {
                return;
            }
        }
        throw new NetlinkException(request.requests().getFirst().asked(), Errno.EAGAIN, "it keeps changing");
    }

    /** False when the dump was interrupted by changes. */
    private boolean collect(Requests request, int number, Answers into) throws IOException {
        ByteBuffer answers = buffer();
        try {
            return collect(request, number, into, answers);
        } finally {
            boolean _ = SPARE.offer(answers);
        }
    }

    private static ByteBuffer buffer() {
        ByteBuffer spare = SPARE.poll();
        return spare == null ? ByteBuffer.allocateDirect(RECEIVE_BYTES).order(ByteOrder.nativeOrder()) : spare;
    }

    private boolean collect(Requests request, int number, Answers into, ByteBuffer answers) throws IOException {
        boolean whole = true;
        int count = 0;
        while (true) {
            ByteBuffer in = receive(request.requests().getFirst().asked(), answers);
            while (in.remaining() >= MessageWriter.HEADER_BYTES) {
                Message message = Message.next(in);
                if (message.sequence != number) {
                    continue;
                }
                whole &= (message.flags & FLAG_DUMP_INTERRUPTED) == 0;
                if (message.type == TYPE_DONE) {
                    int error = message.body.remaining() >= 4 ? message.body.getInt(message.body.position()) : 0;
                    if (error < 0) {
                        throw new NetlinkException(request.requests().getFirst().asked(), Errno.of(-error), "");
                    }
                    return whole;
                }
                if (message.type == TYPE_ERROR) {
                    throw refusal(request.requests().getFirst().asked(), message);
                }
                if (++count > MOST_DUMPED) {
                    throw new NetlinkException(request.requests().getFirst().asked(), Errno.ENOMEM, "too many");
                }
                into.accept(message.type, message.body);
            }
        }
    }

    private void await(Requests requests, int first, int last, Answers into) throws IOException {
        ByteBuffer answers = buffer();
        try {
            await(requests, first, last, into, answers);
        } finally {
            boolean _ = SPARE.offer(answers);
        }
    }

    private void await(Requests requests, int first, int last, Answers into, ByteBuffer answers) throws IOException {
        NetlinkException refused = null;
        while (true) {
            ByteBuffer in = receive(requests.requests().getFirst().asked(), answers);
            while (in.remaining() >= MessageWriter.HEADER_BYTES) {
                Message message = Message.next(in);
                int index = message.sequence - first;
                if (index < 0 || index >= requests.count()) {
                    continue; // an answer to something before, whose reader gave up
                }
                if (message.type != TYPE_ERROR) {
                    into.accept(message.type, message.body);
                    continue;
                }
                if (message.error() != 0 && refused == null) {
                    refused = refusal(requests.requests().get(index).asked(), message);
                }
                // A refused beginning of a batch is its only answer.
                boolean wholeBatch = index == 0 && message.error() != 0 && requests instanceof NftRequests;
                if (message.sequence == last || wholeBatch) {
                    if (refused != null) {
                        throw refused;
                    }
                    return;
                }
            }
        }
    }

    private int number(Requests requests) {
        ByteBuffer bytes = ByteBuffer.wrap(requests.writer().array()).order(ByteOrder.nativeOrder());
        int first = sequence + 1;
        for (Requests.Request request : requests.requests()) {
            bytes.putInt(request.offset() + 8, ++sequence);
        }
        return first;
    }

    private void send(Requests requests) throws IOException {
        int size = requests.size();
        if (size > MOST_SEND_BYTES) {
            throw new NetlinkException(
                    requests.requests().getFirst().asked(),
                    Errno.EMSGSIZE,
                    size + " bytes are too much for one change");
        }
        calls.send(
                fd,
                ByteBuffer.allocateDirect(size)
                        .put(requests.writer().array(), 0, size)
                        .flip());
    }

    private ByteBuffer receive(String asked, ByteBuffer answers) throws IOException {
        answers.clear();
        try {
            int bytes = calls.receive(fd, answers);
            if (bytes > answers.capacity()) {
                throw new NetlinkException(asked, Errno.EMSGSIZE, "an answer of " + bytes + " bytes");
            }
            return answers.limit(bytes);
        } catch (SyscallException e) {
            throw new NetlinkException(asked, e.errno(), "receiving the answer");
        }
    }

    private static NetlinkException refusal(String asked, Message message) {
        String text = "";
        if ((message.flags & FLAG_ACK_ATTRIBUTES) != 0) {
            // The attributes follow the error and the header of the request (its body is left out by NETLINK_CAP_ACK).
            ByteBuffer rest = message.body.duplicate().order(ByteOrder.nativeOrder());
            int skip = 4 + MessageWriter.HEADER_BYTES;
            if (rest.remaining() > skip) {
                rest.position(rest.position() + skip);
                text = Attributes.of(rest).text(EXT_ACK_TEXT).orElse("");
            }
        }
        return new NetlinkException(asked, Errno.of(-message.error()), text);
    }

    /** A received message; {@code body} is what follows its header. */
    private record Message(int type, int flags, int sequence, ByteBuffer body) {
        static Message next(ByteBuffer in) throws IOException {
            int start = in.position();
            int length = in.getInt(start);
            if (length < MessageWriter.HEADER_BYTES || length > in.remaining()) {
                throw new IOException("the kernel sent a message of " + length + " bytes in " + in.remaining());
            }
            ByteBuffer body = in.slice(start + MessageWriter.HEADER_BYTES, length - MessageWriter.HEADER_BYTES)
                    .order(ByteOrder.nativeOrder());
            Message message = new Message(
                    Short.toUnsignedInt(in.getShort(start + 4)),
                    Short.toUnsignedInt(in.getShort(start + 6)),
                    in.getInt(start + 8),
                    body);
            in.position(Math.min(in.limit(), start + (length + 3 & ~3)));
            return message;
        }

        /** Zero, or a negated errno. */
        int error() {
            return body.remaining() >= 4 ? body.getInt(body.position()) : 0;
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
