package dev.priok.logs;

import dev.priok.logs.internal.AttachmentQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Who looks on at one container, over all its runs. Attach at any time, also before the first run, so that nothing of it is
 * missed; the end of a run ends all attachments. Safe for any thread.
 */
public final class Fanout {
    private final List<AttachmentQueue> attachments = new CopyOnWriteArrayList<>();
    private volatile Runnable roomAgain = () -> {};

    /** Begins to look on. */
    public Attachment attach(boolean stdout, boolean stderr, Attachment.WhenFull whenFull) {
        AttachmentQueue queue =
                new AttachmentQueue(stdout, stderr, whenFull, () -> roomAgain.run(), attachments::remove);
        attachments.add(queue);
        // The pump reads streams that nobody watches less eagerly.
        roomAgain.run();
        return queue;
    }

    /** Whether anybody looks on. */
    public boolean watched() {
        return !attachments.isEmpty();
    }

    /** Whether output must wait for somebody who may block it. */
    public boolean full() {
        for (AttachmentQueue queue : attachments) {
            if (queue.holdsUp()) {
                return true;
            }
        }
        return false;
    }

    /** Hands bytes to all; the array belongs to them from now on. Never blocks. */
    public void offer(LogStream stream, byte[] bytes) {
        Attachment.Chunk chunk = new Attachment.Chunk(stream, bytes);
        attachments.forEach(queue -> queue.offer(chunk));
    }

    /** Ends all attachments; what is queued can still be taken. */
    public void end() {
        for (AttachmentQueue queue : attachments) {
            queue.end();
        }
        attachments.clear();
    }

    /** Called from any thread when an attachment came, went, or has room again; must not block. */
    public void onRoom(Runnable action) {
        roomAgain = action;
    }
}
