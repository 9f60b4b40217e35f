package dev.priok.network;

import dev.priok.core.Failure;
import java.util.Locale;

/** Protocols whose ports can be published. */
public enum Transport {
    TCP(6),
    UDP(17),
    SCTP(132);

    private final int number;

    Transport(int number) {
        this.number = number;
    }

    /** The protocol's number in IP headers. */
    public int number() {
        return number;
    }

    /** Parses {@code tcp}, {@code udp} or {@code sctp}. */
    public static Transport parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "tcp" -> TCP;
            case "udp" -> UDP;
            case "sctp" -> SCTP;
            default -> throw Failure.invalid("invalid proto: %s", text);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
