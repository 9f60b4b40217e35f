package dev.priok.netlink;

import java.util.Optional;

/** A chain of rules; without a hook it is reached from other chains only. */
public record NftChain(String name, Optional<Hook> hook) {
    /** What a base chain may do. */
    public enum Kind {
        FILTER("filter"),
        NAT("nat");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** Where packets pass (NF_INET_PRE_ROUTING and on). */
    public enum Point {
        PREROUTING(0),
        INPUT(1),
        FORWARD(2),
        OUTPUT(3),
        POSTROUTING(4);

        private final int number;

        Point(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /**
     * Hangs a chain into the path of packets; what its rules do not decide is accepted.
     *
     * @param priority lower comes first: raw -300, destination translation -100, filter 0, source translation 100
     */
    public record Hook(Kind kind, Point point, int priority) {}
}
