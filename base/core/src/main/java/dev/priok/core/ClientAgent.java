package dev.priok.core;

/** What the program calls itself on whose behalf something is done: registries are told, as Docker's daemon tells them. */
public final class ClientAgent {
    /** The {@code User-Agent} of the request that is being answered on this thread; not bound for what nobody asked for. */
    public static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

    /** Longer names are cut: a registry refuses headers of many kilobytes. */
    private static final int MAXIMUM_LENGTH = 256;

    private ClientAgent() {}

    /**
     * Our own name with that of the client behind it: {@code docker/28.5.2 UpstreamClient(Docker-Client/28.2.2 \\(linux\\))}, where
     * what would end the comment is escaped.
     */
    public static String behind(String own) {
        String client = CURRENT.isBound() ? CURRENT.get() : "";
        client = client.substring(0, Math.min(MAXIMUM_LENGTH, client.length()));
        return client.isBlank() ? own : own + " UpstreamClient(" + client.replaceAll("[\\\\;()]", "\\\\$0") + ")";
    }
}
