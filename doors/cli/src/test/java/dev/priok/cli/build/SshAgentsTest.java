package dev.priok.cli.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class SshAgentsTest {
    /** An agent that does everything it is asked. */
    private static final class Willing implements SshAgent {
        final List<Integer> asked = new ArrayList<>();
        final List<Integer> ended = new ArrayList<>();
        CountDownLatch goesOn = new CountDownLatch(0);

        @Override
        public byte[] ask(int connection, byte[] message) throws IOException {
            try {
                goesOn.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            asked.add((int) message[0]);
            return new byte[] {6};
        }

        @Override
        public void disconnect(int connection) {
            ended.add(connection);
        }
    }

    private static JsonObject question(String id, int number, byte... message) throws IOException {
        return JsonObject.of(Json.read("{\"Id\":\"%s\",\"Connection\":7,\"Number\":%d,\"Message\":\"%s\"}"
                .formatted(id, number, Base64.getEncoder().encodeToString(message))));
    }

    @Test
    void onlyListsAndSignatures_reachAnAgent() throws IOException {
        Willing agent = new Willing();
        SshAgents agents = new SshAgents(Map.of("a", agent));
        for (int kind = 1; kind < 128; kind++) {
            boolean allowed = kind == 11 || kind == 13;
            assertArrayEquals(
                    new byte[] {(byte) (allowed ? 6 : 5)},
                    agents.answer(question("a", 1, (byte) kind, (byte) 0)).orElseThrow());
        }
        assertEquals(List.of(11, 13), agent.asked);
        assertTrue(agents.answer(question("a", 0)).isEmpty());
        assertEquals(List.of(7), agent.ended);
        assertArrayEquals(
                SshAgent.failure(), agents.answer(question("b", 1, (byte) 11)).orElseThrow());
    }

    @Test
    void agents_doNotWaitForEachOther_andNobodyIsAskedWhatIsGivenUp() throws Exception {
        Willing slow = new Willing();
        slow.goesOn = new CountDownLatch(1);
        Willing quick = new Willing();
        Instant[] now = {Instant.EPOCH};
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        AgentQuestions questions = new AgentQuestions(
                new SshAgents(Map.of("slow", slow, "quick", quick)),
                (number, answer) -> answers.add(number + ":" + answer[0]),
                () -> now[0]);
        questions.ask(question("slow", 1, (byte) 11));
        questions.ask(question("slow", 2, (byte) 13));
        questions.ask(question("slow", 0));
        questions.ask(question("quick", 3, (byte) 11));
        assertEquals("3:6", answers.take());
        questions.ask(question("nobody", 4, (byte) 11));
        assertEquals("4:5", answers.take());
        now[0] = now[0].plus(Duration.ofSeconds(121));
        questions.ask(question("slow", 5, (byte) 11));
        slow.goesOn.countDown();
        // Asked in time, given up, and asked just now.
        assertEquals(
                List.of("1", "2:5", "5:6"), List.of(answers.take().substring(0, 1), answers.take(), answers.take()));
        assertEquals(List.of(7), slow.ended);
        questions.end();
        questions.ask(question("quick", 6, (byte) 11));
        assertEquals(List.of(), List.copyOf(answers));
    }
}
