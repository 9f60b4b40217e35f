package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.e2e.ContainerModel.Kind;
import dev.priok.e2e.ContainerModel.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random requests, legal ones and others, to many containers at once, compared with a model of Docker's documents after each: status
 * of the answer, state, exit code. A small number in every test run, {@code -Dpriok.model.operations=} by {@code make faults};
 * {@code -Dpriok.model.seed=} repeats a run.
 */
@ExtendWith(SharedDaemon.class)
@Timeout(3600)
class ContainerModelTest {
    private static final List<Kind> KINDS = List.of(Kind.values());
    private static final int OPERATIONS = Integer.getInteger("priok.model.operations", 60);
    private static final int WORKERS = 4;
    private static final int CONTAINERS = 3;
    private static final long SEED = Long.getLong("priok.model.seed", System.nanoTime());
    private static final Pattern ID = Pattern.compile("\"Id\":\"([0-9a-f]{64})\"");

    /** Each worker knows its own containers exactly; the daemon sees all of them at once. */
    @Test
    void randomRequests_areAnsweredAsTheModelSays() throws Exception {
        Map<String, Integer> tally = new TreeMap<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Worker>> workers = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                Worker worker = new Worker(i);
                workers.add(pool.submit(worker::run));
            }
            for (Future<Worker> worker : workers) {
                for (ContainerModel model : worker.get().models) {
                    model.tally.forEach((what, times) -> tally.merge(what, times, Integer::sum));
                }
            }
        }
        if (OPERATIONS >= 1000) {
            System.out.println("seed " + SEED + ": " + tally);
            assertTrue(tally.containsKey("next-exit 200"), tally.toString());
        }
        assertTrue(tally.size() > 12, tally.toString());
    }

    /** Whoever comes first: no answer but those of some order, and a container that is whole afterwards. */
    @Test
    void allAtOnce_oneContainerStaysWhole() throws Exception {
        Random random = new Random(SEED);
        RawHttp http = new RawHttp(SharedDaemon.get().socket());
        for (int round = 0; round < Math.max(2, OPERATIONS / 30); round++) {
            String name = "storm-" + round;
            assertEquals(201, create(http, name, Kind.OBEDIENT).status());
            try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<String>> answers = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    String request = List.of("start", "stop?t=5", "kill", "pause", "unpause", "restart?t=5")
                            .get(random.nextInt(6));
                    answers.add(pool.submit(() -> {
                        RawHttp.Answer answer = http.send("POST", "/containers/" + name + "/" + request, "", "");
                        boolean notPaused = request.equals("unpause") && answer.status() == 500;
                        return notPaused || Set.of(204, 304, 409).contains(answer.status())
                                ? ""
                                : request + ": " + answer.status() + " " + answer.body();
                    }));
                }
                for (Future<String> answer : answers) {
                    assertEquals("", answer.get(), "seed " + SEED + " round " + round);
                }
            }
            RawHttp.Answer inspected = http.send("GET", "/containers/" + name + "/json", "", "");
            boolean running = inspected.body().contains("\"Running\":true");
            assertEquals(running, !inspected.body().contains("\"Pid\":0,"), inspected.body());
            assertEquals(
                    204,
                    http.send("DELETE", "/containers/" + name + "?force=1", "", "")
                            .status());
            assertEquals(
                    404,
                    http.send("GET", "/containers/" + name + "/json", "", "").status());
        }
    }

    private static RawHttp.Answer create(RawHttp http, String name, Kind kind) {
        return http.send(
                "POST",
                "/containers/create?name=" + name,
                "application/json",
                "{\"Image\":\"%s\",\"Cmd\":%s,\"HostConfig\":{\"NetworkMode\":\"none\",\"Init\":%s}}"
                        .formatted(Busybox.IMAGE, kind.command, kind.init));
    }

    private static final class Worker {
        private final RawHttp http = new RawHttp(SharedDaemon.get().socket());
        private final Random random;
        private final String[] names;
        private final List<ContainerModel> models = new ArrayList<>();
        private final List<String> history = new ArrayList<>();

        Worker(int number) {
            random = new Random(SEED + number);
            names = ContainerModel.names("model-" + number + "-", CONTAINERS + 1);
            for (int i = 0; i < CONTAINERS; i++) {
                models.add(new ContainerModel());
            }
        }

        Worker run() {
            try {
                for (int i = 0; i < OPERATIONS; i++) {
                    operate(models.get(random.nextInt(models.size())));
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + SEED + ", after " + history.subList(Math.max(0, history.size() - 12), history.size()),
                        e);
            } finally {
                models.forEach(model -> http.send("DELETE", "/containers/" + model.id + "?force=1", "", ""));
            }
            return this;
        }

        private void operate(ContainerModel model) {
            if (model.state == State.ABSENT && random.nextInt(4) > 0) {
                create(model);
            } else {
                switch (random.nextInt(14)) {
                    case 0, 1 -> start(model);
                    case 2 -> ending(model, "stop", "stop?t=" + (model.kind == Kind.OBEDIENT ? 20 : 0));
                    case 3 -> ending(model, "kill", "kill");
                    case 4 -> check(model, "signal", "POST", "kill?signal=CONT", model.signal());
                    case 5 -> check(model, "badSignal", "POST", "kill?signal=NOPE", 400);
                    case 6 -> restart(model);
                    case 7 -> check(model, "pause", "POST", "pause", model.pause());
                    case 8 -> check(model, "unpause", "POST", "unpause", model.unpause());
                    case 9 -> rename(model);
                    case 10 -> remove(model);
                    case 11 -> exec(model);
                    case 12 -> check(model, "top", "GET", "top", model.top());
                    default -> update(model);
                }
            }
            look(model);
        }

        private String path(ContainerModel model, String request) {
            return "/containers/" + (model.id.isEmpty() ? "never-was" : model.id) + "/" + request;
        }

        private RawHttp.Answer check(
                ContainerModel model, String operation, String method, String request, int wanted) {
            history.add(operation + " " + model + " wants " + wanted);
            RawHttp.Answer answer = http.send(method, path(model, request), "", "");
            assertEquals(wanted, answer.status(), () -> operation + " of " + model + ": " + answer.body());
            model.count(operation, wanted);
            return answer;
        }

        private void create(ContainerModel model) {
            String name = names[random.nextInt(names.length)];
            boolean taken = models.stream().anyMatch(other -> other.state != State.ABSENT && other.name.equals(name));
            Kind kind = KINDS.get(random.nextInt(KINDS.size()));
            history.add("create " + name + " " + kind);
            RawHttp.Answer answer = ContainerModelTest.create(http, name, kind);
            assertEquals(taken ? 409 : 201, answer.status(), answer.body());
            if (!taken) {
                Matcher matcher = ID.matcher(answer.body());
                assertTrue(matcher.find(), answer.body());
                model.id = matcher.group(1);
                model.name = name;
                model.kind = kind;
                model.state = State.CREATED;
                model.exitCode = 0;
            }
            model.count("create", answer.status());
        }

        private void start(ContainerModel model) {
            check(model, "start", "POST", "start", model.start());
            settle(model);
        }

        private void restart(ContainerModel model) {
            check(model, "restart", "POST", "restart?t=" + (model.kind == Kind.OBEDIENT ? 20 : 0), model.restart());
            settle(model);
        }

        /** One that ends by itself has ended before the next request, so that the model knows. */
        private void settle(ContainerModel model) {
            if (model.state == State.RUNNING && model.kind == Kind.SHORT) {
                model.ended(Kind.SHORT.stopped);
                await(model);
            }
        }

        private void await(ContainerModel model) {
            RawHttp.Answer answer = http.send("POST", path(model, "wait"), "", "");
            assertEquals(200, answer.status(), answer.body());
            assertTrue(answer.body().contains("\"StatusCode\":" + model.exitCode), () -> model + ": " + answer.body());
        }

        /** Somebody waits for the end, and is told the same code. */
        private void ending(ContainerModel model, String operation, String request) {
            boolean live = model.state.live();
            CompletableFuture<RawHttp.Answer> waiting = live
                    ? CompletableFuture.supplyAsync(
                            () -> http.send("POST", path(model, "wait?condition=next-exit"), "", ""),
                            Thread::startVirtualThread)
                    : CompletableFuture.completedFuture(new RawHttp.Answer(0, ""));
            check(model, operation, "POST", request, operation.equals("stop") ? model.stop() : model.kill());
            if (live) {
                await(model);
                // It may have come too late to see this end; then it waits for the next, and nobody for it.
                RawHttp.Answer told = waiting.getNow(new RawHttp.Answer(0, ""));
                if (told.status() != 0) {
                    model.count("next-exit", told.status());
                    assertTrue(
                            told.body().contains("\"StatusCode\":" + model.exitCode), () -> model + ": " + told.body());
                }
            }
        }

        private void rename(ContainerModel model) {
            String name = names[random.nextInt(names.length)];
            boolean taken = models.stream()
                    .anyMatch(other -> other != model && other.state != State.ABSENT && other.name.equals(name));
            int wanted = model.state == State.ABSENT ? 404 : name.equals(model.name) ? 400 : taken ? 409 : 204;
            check(model, "rename", "POST", "rename?name=" + name, wanted);
            if (wanted == 204) {
                model.name = name;
            }
        }

        private void remove(ContainerModel model) {
            boolean force = random.nextBoolean();
            int wanted = model.remove(force);
            history.add("remove " + model + " force " + force + " wants " + wanted);
            String target = path(model, "");
            RawHttp.Answer answer =
                    http.send("DELETE", target.substring(0, target.length() - 1) + "?force=" + force, "", "");
            assertEquals(wanted, answer.status(), answer.body());
            model.count("remove", wanted);
        }

        private void exec(ContainerModel model) {
            int wanted = model.exec();
            int code = random.nextInt(1, 100);
            history.add("exec " + model + " wants " + wanted);
            RawHttp.Answer made = http.send(
                    "POST",
                    path(model, "exec"),
                    "application/json",
                    "{\"AttachStdout\":true,\"Cmd\":[\"sh\",\"-c\",\"exit %d\"]}".formatted(code));
            assertEquals(wanted, made.status(), () -> "exec in " + model + ": " + made.body());
            model.count("exec", wanted);
            if (wanted == 201) {
                Matcher matcher = ID.matcher(made.body());
                assertTrue(matcher.find(), made.body());
                String exec = "/exec/" + matcher.group(1);
                assertEquals(
                        200,
                        http.send("POST", exec + "/start", "application/json", "{}")
                                .status());
                RawHttp.Answer ended = http.send("GET", exec + "/json", "", "");
                assertTrue(ended.body().contains("\"ExitCode\":" + code), ended.body());
                assertEquals(
                        409,
                        http.send("POST", exec + "/start", "application/json", "{}")
                                .status());
            }
        }

        private void update(ContainerModel model) {
            int wanted = model.update();
            int shares = 2 + random.nextInt(1000);
            RawHttp.Answer answer =
                    http.send("POST", path(model, "update"), "application/json", "{\"CpuShares\":" + shares + "}");
            assertEquals(wanted, answer.status(), answer.body());
            model.count("update", wanted);
            if (wanted == 200) {
                assertTrue(check(model, "inspect", "GET", "json", 200).body().contains("\"CpuShares\":" + shares));
            }
        }

        /** What inspect says is what the model says. */
        private void look(ContainerModel model) {
            if (model.id.isEmpty()) {
                return;
            }
            RawHttp.Answer seen = http.send("GET", path(model, "json"), "", "");
            if (model.state == State.ABSENT) {
                assertEquals(404, seen.status(), seen.body());
                return;
            }
            assertEquals(200, seen.status(), seen.body());
            for (String part : List.of(
                    "\"Status\":\"" + model.state.name().toLowerCase(java.util.Locale.ROOT) + "\"",
                    "\"Running\":" + model.state.live(),
                    "\"Paused\":" + (model.state == State.PAUSED),
                    "\"ExitCode\":" + model.exitCode + ",",
                    "\"Name\":\"/" + model.name + "\"")) {
                assertTrue(seen.body().contains(part), () -> model + " lacks " + part + ": " + seen.body());
            }
        }
    }
}
