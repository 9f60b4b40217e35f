package dev.priok.transfer.place;

/** How an archive is laid out; {@code docker load} takes the second one. */
public enum ArchiveFormat {
    OCI("oci-archive:"),
    DOCKER("docker-archive:");

    private final String prefix;

    ArchiveFormat(String prefix) {
        this.prefix = prefix;
    }

    /** What names of such places begin with. */
    public String prefix() {
        return prefix;
    }
}
