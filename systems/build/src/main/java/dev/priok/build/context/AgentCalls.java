package dev.priok.build.context;

import dev.priok.build.ContextClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Questions to the ssh agents of a client, and its answers, which come as files of the request:
 * {@code .priok-build-inputs/agent/NUMBER}. Safe from any thread.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-ietf-sshm-ssh-agent">SSH Agent Protocol</a>
 */
public final class AgentCalls {
    /** What OpenSSH's agent takes as the longest message. */
    public static final int MAXIMUM_BYTES = 256 << 10;

    /** For steps of builds that have no client to ask. */
    public static final AgentCalls NOBODY = new AgentCalls(new ContextClient() {
        @Override
        public void send(String numbers) {
            throw new IllegalStateException("no client sends files");
        }

        @Override
        public void end(Map<Integer, String> received) {
            throw new IllegalStateException("no client sends files");
        }

        @Override
        public void gone() {
            throw new IllegalStateException("no client sends files");
        }

        @Override
        public void ask(String agent, int connection, int number, byte[] message) {
            throw new IllegalStateException("no client has agents");
        }
    });

    /** A key may have to be confirmed by somebody, or touched. */
    private static final int PATIENCE_SECONDS = 120;

    private final ContextClient client;
    private final Map<Integer, CompletableFuture<byte[]>> asked = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean ended;

    /** Asks the agents of a client. */
    public AgentCalls(ContextClient client) {
        this.client = client;
    }

    /** A number for what one process asks over one connection. */
    public int connect() {
        return connections.incrementAndGet();
    }

    /**
     * Asks an agent.
     *
     * @param message one of the agent protocol, without its length
     * @return the agent's answer, without its length
     * @throws IOException when the client is gone or does not answer
     */
    public byte[] ask(String agent, int connection, byte[] message) throws IOException {
        int number = numbers.incrementAndGet();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        asked.put(number, answer);
        try {
            if (ended) {
                throw new IOException("the client of the build, whose ssh agent is asked, is gone");
            }
            client.ask(agent, connection, number, message);
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the ssh agent " + agent + " of the build's client cannot be asked", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(
                    "the ssh agent %s did not answer in %d seconds".formatted(agent, PATIENCE_SECONDS), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an ssh agent was asked", e);
        } finally {
            asked.remove(number);
        }
    }

    /** Tells the client that nothing more comes over a connection. */
    public void disconnect(String agent, int connection) {
        if (ended) {
            return;
        }
        try {
            client.ask(agent, connection, 0, new byte[0]);
        } catch (UncheckedIOException _) {
            // The client is gone, and its connections with it.
        }
    }

    /** Takes an answer; one to a question that nobody waits for any more is thrown away. */
    void answered(int number, byte[] answer) {
        CompletableFuture<byte[]> waiting = asked.get(number);
        if (waiting != null) {
            waiting.complete(answer);
        }
    }

    /** Ends all waiting: nothing more comes. */
    void end() {
        ended = true;
        asked.values().forEach(waiting -> waiting.completeExceptionally(new IOException("the client is gone")));
    }
}
