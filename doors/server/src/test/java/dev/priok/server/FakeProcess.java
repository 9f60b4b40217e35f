package dev.priok.server;

import dev.priok.engine.OutputSink;
import dev.priok.engine.OutputSink.Channel;
import dev.priok.engine.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A pretended process: {@code echo words}, {@code err words}, {@code exit n}, {@code cat}, {@code wc}, {@code flood bytes},
 * {@code sleep}, and several of them joined by {@code ;}.
 */
final class FakeProcess {
    final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final boolean tty;
    private final List<String> command;
    private final PipedOutputStream stdin = new PipedOutputStream();
    private final PipedInputStream input;
    private final List<FakeSession> sessions = new ArrayList<>();
    private final OutputSink log;

    FakeProcess(List<String> command, boolean tty, boolean openStdin, OutputSink log) {
        this.command = command;
        this.tty = tty;
        this.log = log;
        try {
            this.input = new PipedInputStream(stdin, 1 << 16);
            if (!openStdin) {
                stdin.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    synchronized void join(FakeSession session) {
        if (exit.isDone()) {
            session.finish(Session.Ended.OUTPUT_ENDED);
        } else {
            sessions.add(session);
        }
    }

    void start() {
        Thread.ofVirtual().start(() -> {
            int code = 255;
            try {
                code = run();
            } catch (IOException e) {
                out(Channel.STDERR, String.valueOf(e).getBytes(StandardCharsets.UTF_8));
            } finally {
                end(code);
            }
        });
    }

    void kill(int signal) {
        end(128 + signal);
    }

    private void end(int code) {
        List<FakeSession> joined;
        synchronized (this) {
            if (exit.isDone()) {
                return;
            }
            joined = List.copyOf(sessions);
        }
        exit.complete(code);
        joined.forEach(s -> s.finish(Session.Ended.OUTPUT_ENDED));
    }

    void write(byte[] buffer, int offset, int length) throws IOException {
        stdin.write(buffer, offset, length);
        stdin.flush();
    }

    void closeInput() {
        try {
            stdin.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private int run() throws IOException {
        int code = 0;
        for (String part : String.join(" ", command).split(" ; ")) {
            code = run(List.of(part.trim().split(" ")));
        }
        return code;
    }

    private int run(List<String> words) throws IOException {
        String rest = String.join(" ", words.subList(1, words.size()));
        switch (words.getFirst()) {
            case "echo" -> out(Channel.STDOUT, (rest + "\n").getBytes(StandardCharsets.UTF_8));
            case "err" -> out(Channel.STDERR, (rest + "\n").getBytes(StandardCharsets.UTF_8));
            case "exit" -> {
                return Integer.parseInt(rest);
            }
            case "flood" -> {
                byte[] chunk = new byte[32 << 10];
                Arrays.fill(chunk, (byte) 'x');
                for (long left = Long.parseLong(rest); left > 0; left -= chunk.length) {
                    show(Channel.STDOUT, chunk, (int) Math.min(left, chunk.length));
                }
            }
            case "cat" -> {
                byte[] buffer = new byte[4096];
                for (int n = input.read(buffer); n >= 0; n = input.read(buffer)) {
                    show(Channel.STDOUT, buffer, n);
                }
            }
            case "wc" -> {
                var all = new ByteArrayOutputStream();
                input.transferTo(all);
                out(Channel.STDOUT, (all.size() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            case "sleep" -> exit.join();
            default -> {
                out(Channel.STDERR, (words.getFirst() + ": not found\n").getBytes(StandardCharsets.UTF_8));
                return 127;
            }
        }
        return 0;
    }

    private void out(Channel channel, byte[] bytes) {
        try {
            log.write(channel, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        show(channel, bytes, bytes.length);
    }

    private void show(Channel channel, byte[] bytes, int length) {
        List<FakeSession> targets;
        synchronized (this) {
            targets = List.copyOf(sessions);
        }
        targets.forEach(s -> s.output(tty ? Channel.STDOUT : channel, bytes, length));
    }
}
