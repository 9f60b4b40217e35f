package dev.priok.cli.system;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.container.ContainerRow;
import dev.priok.cli.format.HumanSize;
import dev.priok.cli.image.ImageRow;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.volume.VolumeRow;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code system df}: where the disk went. */
public final class DfCommand extends Command {
    private static final String IMAGES = "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
            + "\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}";
    private static final String CONTAINERS = "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}"
            + "\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}";
    private static final String VOLUMES = "table {{.Name}}\t{{.Links}}\t{{.Size}}";

    private final TextOption format = options.text("format", Listings.FORMAT_HELP);
    private final Flag verbose = options.flag('v', "verbose", "Show each object");

    public DfCommand() {
        super("[OPTIONS]", "Show docker disk usage", Arity.NONE);
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (verbose.value() && !format.value().isEmpty() && !format.value().equals("table")) {
            throw new CommandFailed("--verbose has one form only: leave --format out");
        }
        JsonObject usage;
        try (Reply reply = session.client().send(Request.get("/system/df"))) {
            usage = reply.object();
        }
        if (verbose.value()) {
            printEach(session, usage);
            return 0;
        }
        List<DiskUsage> rows = List.of(
                DiskUsage.images(usage.objects("Images"), usage.number("LayersSize")),
                DiskUsage.containers(usage.objects("Containers")),
                DiskUsage.volumes(usage.objects("Volumes")),
                DiskUsage.buildCache(usage.objects("BuildCache")));
        Listings.print(session, DiskUsage.listing(), format.value(), rows);
        return 0;
    }

    private static void printEach(Session session, JsonObject usage) {
        Instant now = session.clock().instant();
        session.out().println("Images space usage:\n");
        List<ImageRow> images = new ArrayList<>();
        for (JsonObject image : usage.objects("Images")) {
            images.add(ImageRow.of(List.of(image), true, false, true, now).getFirst());
        }
        Listings.print(session, ImageRow.listing(false), IMAGES, images);
        session.out().println("\nContainers space usage:\n");
        List<ContainerRow> containers = new ArrayList<>();
        for (JsonObject container : usage.objects("Containers")) {
            // Image layers are counted above: only what the container itself wrote is its size here.
            container.fields().remove("SizeRootFs");
            containers.add(new ContainerRow(container, true, now));
        }
        Listings.print(session, ContainerRow.listing(true), CONTAINERS, containers);
        session.out().println("\nLocal Volumes space usage:\n");
        List<VolumeRow> volumes = new ArrayList<>();
        usage.objects("Volumes").forEach(volume -> volumes.add(new VolumeRow(volume)));
        Listings.print(session, VolumeRow.listing(), VOLUMES, volumes);
        long cache = DiskUsage.buildCache(usage.objects("BuildCache")).bytes();
        session.out().println("\nBuild cache usage: " + HumanSize.ofThousandsPrecise(cache) + "\n");
    }
}
