package dev.priok.netlink;

/** What is to become of a packet. */
public sealed interface NftVerdict {
    /** Lets it pass this hook's chain; other chains at the hook may still drop it. */
    record Accept() implements NftVerdict {}

    /** Ends it. */
    record Drop() implements NftVerdict {}

    /** Goes back to the calling chain, or to a base chain's policy. */
    record Return() implements NftVerdict {}

    /** Goes through another chain and comes back. */
    record Jump(String chain) implements NftVerdict {}

    /** Goes through another chain for good. */
    record Goto(String chain) implements NftVerdict {}

    private int code() {
        return switch (this) {
            case Accept _ -> 1;
            case Drop _ -> 0;
            case Return _ -> -5;
            case Jump _ -> -3;
            case Goto _ -> -4;
        };
    }

    /** Writes this as the verdict of a data attribute. */
    default void write(MessageWriter w) {
        w.nest(2, () -> {
            w.attributeBig32(1, code());
            switch (this) {
                case Jump(String chain) -> w.attribute(2, chain);
                case Goto(String chain) -> w.attribute(2, chain);
                case Accept _, Drop _, Return _ -> {}
            }
        });
    }

    /** Reads what {@link #write} writes. */
    static NftVerdict read(Attributes data) {
        Attributes verdict = data.nested(2);
        int code = verdict.bigNumber(1).orElse(0L).intValue();
        String chain = verdict.text(2).orElse("");
        return switch (code) {
            case 1 -> new Accept();
            case 0 -> new Drop();
            case -5 -> new Return();
            case -3 -> new Jump(chain);
            case -4 -> new Goto(chain);
            default -> throw new IllegalArgumentException("unknown verdict " + code);
        };
    }
}
