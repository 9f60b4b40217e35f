package dev.priok.engine.lifecycle;

import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Names for containers that nobody named: a property and a thing of a harbour or a kitchen. */
final class ContainerNames {
    /** Tries before a number is added, which then makes a collision unlikely at any count. */
    private static final int PLAIN_TRIES = 6;

    private static final int NUMBERED_TRIES = 1000;

    private static final List<String> LEFT = List.of(
            "able", "amber", "ample", "blithe", "bold", "brave", "bright", "brisk", "calm", "candid", "cheery", "clear",
            "coral", "cosy", "crisp", "curious", "dapper", "daring", "deft", "eager", "early", "earnest", "easy",
            "fair", "fancy", "fleet", "fresh", "frosty", "gentle", "glad", "golden", "grand", "handy", "hardy",
            "hearty", "honest", "humble", "jolly", "keen", "kind", "light", "lively", "loyal", "lucky", "mellow",
            "merry", "mild", "misty", "modest", "neat", "nimble", "noble", "patient", "plucky", "polite", "prime",
            "proud", "quick", "quiet", "rapid", "ready", "robust", "rosy", "royal", "salty", "serene", "sharp",
            "silent", "sleek", "smart", "snug", "solid", "spry", "steady", "sturdy", "sunny", "swift", "tidal", "tidy",
            "trusty", "upbeat", "vivid", "warm", "wise", "witty", "zesty");

    private static final List<String> RIGHT = List.of(
            "anchor",
            "anise",
            "barge",
            "basil",
            "beacon",
            "berth",
            "bollard",
            "bosun",
            "bowl",
            "brine",
            "buoy",
            "cabin",
            "canoe",
            "cargo",
            "catamaran",
            "clove",
            "compass",
            "cook",
            "coral",
            "crane",
            "cutter",
            "deck",
            "dhow",
            "dinghy",
            "dock",
            "dolphin",
            "ferry",
            "fjord",
            "freighter",
            "galley",
            "gangway",
            "ginger",
            "gull",
            "hamper",
            "harbour",
            "hatch",
            "hawser",
            "heron",
            "hull",
            "jetty",
            "junk",
            "kayak",
            "keel",
            "kettle",
            "ladle",
            "lagoon",
            "lantern",
            "lighter",
            "lookout",
            "mace",
            "mast",
            "moor",
            "nutmeg",
            "oar",
            "oyster",
            "packet",
            "pelican",
            "pepper",
            "pier",
            "pilot",
            "pinisi",
            "pinnace",
            "porpoise",
            "prow",
            "quay",
            "raft",
            "reef",
            "rigging",
            "rudder",
            "saffron",
            "sail",
            "saucepan",
            "schooner",
            "sextant",
            "skiff",
            "skipper",
            "sloop",
            "spar",
            "stern",
            "stevedore",
            "tamarind",
            "tender",
            "tern",
            "tide",
            "tiller",
            "trawler",
            "tugboat",
            "turmeric",
            "vanilla",
            "wharf",
            "winch",
            "wok",
            "yawl");

    private ContainerNames() {}

    /** A name for which {@code reserve} answers yes. */
    static String generate(RandomGenerator random, Predicate<String> reserve) {
        for (int i = 0; i < PLAIN_TRIES; i++) {
            String name = pick(random);
            if (reserve.test(name)) {
                return name;
            }
        }
        for (int i = 0; i < NUMBERED_TRIES; i++) {
            String name = pick(random) + random.nextInt(10_000);
            if (reserve.test(name)) {
                return name;
            }
        }
        throw new IllegalStateException("no free name among " + NUMBERED_TRIES);
    }

    private static String pick(RandomGenerator random) {
        return LEFT.get(random.nextInt(LEFT.size())) + "_" + RIGHT.get(random.nextInt(RIGHT.size()));
    }
}
