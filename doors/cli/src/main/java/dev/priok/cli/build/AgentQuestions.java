package dev.priok.cli.build;

import dev.priok.client.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What the daemon asks agents, which may ask their user: each on a thread of its own, so that none waits for another. */
final class AgentQuestions {
    /** The daemon gives up a question then: to ask the user about it would be for nothing. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Questions to one agent at a time: what fourteen steps can ask at once. */
    private static final int MAXIMUM_WAITING = 1024;

    private final SshAgents agents;
    private final Answers answers;
    private final InstantSource clock;
    private final Map<String, ThreadPoolExecutor> threads = new HashMap<>();

    /** Where answers go. */
    @FunctionalInterface
    interface Answers {
        void answered(int number, byte[] answer);
    }

    AgentQuestions(SshAgents agents, Answers answers, InstantSource clock) {
        this.agents = agents;
        this.answers = answers;
        this.clock = clock;
        for (String id : agents.known().keySet()) {
            threads.put(
                    id,
                    new ThreadPoolExecutor(
                            1,
                            1,
                            0,
                            TimeUnit.SECONDS,
                            new ArrayBlockingQueue<>(MAXIMUM_WAITING),
                            Thread.ofPlatform().daemon().factory(),
                            AgentQuestions::reject));
        }
    }

    /** Answers a question, when its agent has answered those before. */
    void ask(JsonObject json) {
        Question question = new Question(json, clock.instant());
        ThreadPoolExecutor thread = threads.get(json.text("Id"));
        if (thread == null) {
            question.refuse();
        } else {
            thread.execute(question);
        }
    }

    /** What comes after the end needs no answer. */
    private static void reject(Runnable question, ThreadPoolExecutor thread) {
        if (!thread.isShutdown() && question instanceof Question asked) {
            asked.refuse();
        }
    }

    /** Takes no more questions. */
    void end() {
        threads.values().forEach(ThreadPoolExecutor::shutdown);
    }

    private final class Question implements Runnable {
        private final JsonObject json;
        private final Instant asked;

        Question(JsonObject json, Instant asked) {
            this.json = json;
            this.asked = asked;
        }

        /** Whether it only tells that a connection has ended. */
        private boolean isEnd() {
            return json.text("Message").isEmpty();
        }

        @Override
        public void run() {
            if (!isEnd() && clock.instant().isAfter(asked.plus(PATIENCE))) {
                refuse();
                return;
            }
            agents.answer(json).ifPresent(this::answer);
        }

        void refuse() {
            if (!isEnd()) {
                answer(SshAgent.failure());
            }
        }

        private void answer(byte[] answer) {
            answers.answered((int) json.number("Number"), answer);
        }
    }
}
