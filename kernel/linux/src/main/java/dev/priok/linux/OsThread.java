package dev.priok.linux;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A throw-away OS thread for calls that change the calling thread (setns, unshare, capset): a virtual thread moves between
 * OS threads, and a pooled one would carry the change to its next task.
 */
public final class OsThread {
    private OsThread() {}

    /** Runs {@code task} on a fresh platform thread that ends with it, and waits. */
    public static <T> T run(String name, Callable<T> task) throws ExecutionException, InterruptedException {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().name(name).daemon().start(future);
        return future.get();
    }
}
