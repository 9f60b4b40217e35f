package dev.priok.snapshot;

/**
 * What {@code docker cp} asks of a path before it copies; the header {@code X-Docker-Container-Path-Stat}.
 *
 * @param name last part of the path
 * @param size in bytes
 * @param mode type and permission bits as the kernel counts them
 * @param modifiedSeconds modification time, seconds since 1970
 * @param modifiedNanos and nanoseconds
 * @param linkTarget what a symbolic link comes to, as an absolute path inside the root; empty for other files
 */
public record PathStat(String name, long size, int mode, long modifiedSeconds, int modifiedNanos, String linkTarget) {}
