package dev.priok.build;

/** Bytes that a step may read and that never reach a layer, the cache or a log. */
public final class Secret {
    private final byte[] value;

    /** A secret of a copy of these bytes. */
    public Secret(byte[] value) {
        this.value = value.clone();
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return value.clone();
    }

    @Override
    public String toString() {
        return "secret of " + value.length + " bytes";
    }
}
