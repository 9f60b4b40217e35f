package dev.priok.cgroup;

/** Told that processes of a group were killed because its memory ran out. */
@FunctionalInterface
public interface OomListener {
    /**
     * Called on the watcher's one thread: return soon.
     *
     * @param kills how many were killed since the group was made; 0 where the kernel does not count
     */
    void outOfMemory(long kills);
}
