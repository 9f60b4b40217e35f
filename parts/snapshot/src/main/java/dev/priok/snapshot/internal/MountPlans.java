package dev.priok.snapshot.internal;

import dev.priok.linux.Fd;
import dev.priok.linux.FileCalls;
import dev.priok.linux.OpenFlag;
import dev.priok.snapshot.Mount;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.internal.Catalog.ActiveRow;
import dev.priok.snapshot.internal.Catalog.LayerRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What has to be mounted to see layers and snapshots. */
final class MountPlans {
    /** Layers are read by their folder alone: nothing may redirect, share inodes or leave data below. */
    private static final List<String> PLAIN = List.of("index=off", "metacopy=off", "redirect_dir=nofollow");

    private final Places places;

    MountPlans(Places places) {
        this.places = places;
    }

    /** Short links of a chain's folders, highest first; the empty folder for none. */
    List<String> lowers(List<LayerRow> below) {
        List<String> lowers = below.reversed().stream()
                .map(row -> places.shortLink(row.id()).toString())
                .toList();
        return lowers.isEmpty() ? List.of(places.empty().toString()) : lowers;
    }

    Mount of(ActiveRow row, List<LayerRow> below) throws IOException {
        if (row.kind() == Snapshot.Kind.VIEW) {
            return view(lowers(below));
        }
        Path folder = places.folder(row);
        List<String> options = options(lowers(below));
        options.add("upperdir=" + folder.resolve("fs"));
        options.add("workdir=" + folder.resolve("work"));
        if (row.kind() == Snapshot.Kind.VOLATILE) {
            options.add("volatile");
            forgetVolatile(folder.resolve("work/work"));
        }
        return new Mount("overlay", "overlay", options);
    }

    /** Folders merged for reading; overlay wants two when none is written. */
    Mount view(List<String> lowers) {
        String empty = places.empty().toString();
        if (lowers.equals(List.of(empty))) {
            return new Mount("bind", empty, List.of("ro"));
        }
        List<String> two = new ArrayList<>(lowers);
        if (two.size() == 1) {
            two.add(empty);
        }
        List<String> options = options(two);
        options.add("ro");
        return new Mount("overlay", "overlay", options);
    }

    private static List<String> options(List<String> lowers) {
        List<String> options = new ArrayList<>();
        options.add("lowerdir=" + String.join(":", lowers));
        options.addAll(PLAIN);
        if (!OverlayForm.isRoot()) {
            options.add("userxattr");
        }
        return options;
    }

    /**
     * Overlay leaves a mark, and refuses to mount again what may have lost writes; ours has not while this boot lasts, and does not
     * matter after.
     */
    private static void forgetVolatile(Path work) throws IOException {
        if (Files.exists(work.resolve("incompat"))) {
            try (Fd folder = FileCalls.host().open(work.toString(), OpenFlag.RDONLY | OpenFlag.DIRECTORY)) {
                new TreeRemoval().remove(folder, "incompat");
            }
        }
    }
}
