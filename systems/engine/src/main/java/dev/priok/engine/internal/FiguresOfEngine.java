package dev.priok.engine.internal;

import dev.priok.content.Holdings;
import dev.priok.core.Durations;
import dev.priok.core.Failure;
import dev.priok.engine.Figures;
import dev.priok.engine.Figures.Phase;
import dev.priok.engine.Figures.Store;
import dev.priok.engine.lifecycle.Machine;
import dev.priok.engine.lifecycle.Phases;
import dev.priok.image.CollectionCounts;
import dev.priok.image.Image;
import dev.priok.oci.image.ChainId;
import dev.priok.runtime.StartPhase;
import dev.priok.snapshot.Layer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Collects what the engine and its parts counted. */
final class FiguresOfEngine {
    private FiguresOfEngine() {}

    static Figures read(Machine machine, LocalVolumes volumes) {
        CollectionCounts collections = machine.parts().images().collections();
        return new Figures(
                phases(machine),
                stores(machine, volumes),
                new Figures.Collections(collections.durations(), collections.bytes()));
    }

    private static List<Phase> phases(Machine machine) {
        List<Phase> all = new ArrayList<>();
        machine.phases()
                .creates()
                .durations()
                .forEach((phase, durations) -> all.add(phase("create", phase, durations)));
        Map<StartPhase, Durations> runtime = machine.parts().runtime().startTimes();
        machine.phases().starts().durations().forEach((phase, durations) -> {
            if (phase == Phases.Start.OUTPUT) {
                runtime.forEach((inside, d) -> all.add(phase("start", inside, d)));
            }
            all.add(phase("start", phase, durations));
        });
        machine.parts().runtime().execTimes().forEach((phase, durations) -> all.add(phase("exec", phase, durations)));
        return all;
    }

    private static Phase phase(String action, Enum<?> phase, Durations durations) {
        return new Phase(action, phase.name().toLowerCase(Locale.ROOT), durations.snapshot());
    }

    private static List<Store> stores(Machine machine, LocalVolumes volumes) {
        Holdings blobs;
        try {
            blobs = machine.parts().content().holdings();
        } catch (IOException e) {
            throw Failure.internal(e, "listing the blobs");
        }
        Set<ChainId> named = new HashSet<>();
        for (Image image : machine.parts().images().list()) {
            if (!named.contains(image.config().chainId())) {
                machine.parts()
                        .snapshotter()
                        .chain(image.config().chainId())
                        .forEach(layer -> named.add(layer.chainId()));
            }
        }
        List<Layer> layers = machine.parts().snapshotter().layers();
        List<Layer> unnamed = layers.stream()
                .filter(layer -> !named.contains(layer.chainId()))
                .toList();
        return List.of(
                new Store("blobs", blobs.count(), blobs.bytes()),
                new Store("layers", layers.size(), bytes(layers)),
                new Store("unnamed_layers", unnamed.size(), bytes(unnamed)),
                new Store("snapshots", machine.parts().snapshotter().snapshots().size(), Store.UNKNOWN),
                volumes.measured());
    }

    private static long bytes(List<Layer> layers) {
        return layers.stream().mapToLong(Layer::size).sum();
    }
}
