package dev.priok.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, with a bound on the time. */
final class Program {
    /** More than the slowest thing that a test does on a loaded machine. */
    static final int TIMEOUT_SECONDS = 120;

    /** What became of a program. */
    static final class Result {
        private final int exit;
        private final byte[] bytes;
        private final String err;

        private Result(int exit, byte[] bytes, String err) {
            this.exit = exit;
            this.bytes = bytes;
            this.err = err;
        }

        int exit() {
            return exit;
        }

        byte[] bytes() {
            return bytes.clone();
        }

        String err() {
            return err;
        }

        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** Standard output without the line end. */
        String line() {
            return out().strip();
        }

        Result ok() {
            if (exit != 0) {
                throw new AssertionError("exit status " + exit + "\n" + out() + err);
            }
            return this;
        }
    }

    private Program() {}

    static Result run(Map<String, String> environment, byte[] input, List<String> command) {
        return run(environment, input, command, TIMEOUT_SECONDS);
    }

    static Result run(Map<String, String> environment, byte[] input, List<String> command, int seconds) {
        Process process = start(environment, command);
        try {
            CompletableFuture<byte[]> out = read(process.getInputStream());
            CompletableFuture<byte[]> err = read(process.getErrorStream());
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input);
            } catch (IOException _) {
                // A program that ends without reading its input breaks the pipe; its exit status says the rest.
            }
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + seconds + " s: " + String.join(" ", command)
                        + "\n" + new String(out.join(), StandardCharsets.UTF_8)
                        + new String(err.join(), StandardCharsets.UTF_8));
            }
            return new Result(process.exitValue(), out.join(), new String(err.join(), StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    static Process start(Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CompletableFuture<byte[]> read(InputStream stream) {
        CompletableFuture<byte[]> bytes = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                bytes.complete(stream.readAllBytes());
            } catch (IOException e) {
                bytes.complete(("(unreadable: " + e + ")").getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes;
    }
}
