package dev.priok.network;

/**
 * A network namespace for one container, with {@code lo} up. It lives as long as a process is in it or until it is
 * released: when the daemon goes away, the namespace of a running container stays, and one that no process has entered goes.
 *
 * @param id the caller's name of it
 * @param path opens the namespace, from any process that may look into this one (the {@code path} of an OCI network
 *     namespace); valid until release, and no longer than this daemon lives
 */
public record Sandbox(String id, String path) {}
