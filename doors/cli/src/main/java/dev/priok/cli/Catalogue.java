package dev.priok.cli;

import dev.priok.cli.build.AnalyzeCommand;
import dev.priok.cli.build.BuildCommand;
import dev.priok.cli.build.BuildsCommand;
import dev.priok.cli.command.Command;
import dev.priok.cli.container.AttachCommand;
import dev.priok.cli.container.CommitCommand;
import dev.priok.cli.container.ContainerPruneCommand;
import dev.priok.cli.container.CpCommand;
import dev.priok.cli.container.CreateCommand;
import dev.priok.cli.container.DiffCommand;
import dev.priok.cli.container.ExecCommand;
import dev.priok.cli.container.ExportCommand;
import dev.priok.cli.container.KillCommand;
import dev.priok.cli.container.LogsCommand;
import dev.priok.cli.container.PauseCommand;
import dev.priok.cli.container.PortCommand;
import dev.priok.cli.container.PsCommand;
import dev.priok.cli.container.RenameCommand;
import dev.priok.cli.container.RmCommand;
import dev.priok.cli.container.RunCommand;
import dev.priok.cli.container.StartCommand;
import dev.priok.cli.container.StatsCommand;
import dev.priok.cli.container.StopCommand;
import dev.priok.cli.container.TopCommand;
import dev.priok.cli.container.UpdateCommand;
import dev.priok.cli.container.WaitCommand;
import dev.priok.cli.image.HistoryCommand;
import dev.priok.cli.image.ImagePruneCommand;
import dev.priok.cli.image.ImagesCommand;
import dev.priok.cli.image.ImportCommand;
import dev.priok.cli.image.LoadCommand;
import dev.priok.cli.image.LoginCommand;
import dev.priok.cli.image.LogoutCommand;
import dev.priok.cli.image.PullCommand;
import dev.priok.cli.image.PushCommand;
import dev.priok.cli.image.RmiCommand;
import dev.priok.cli.image.SaveCommand;
import dev.priok.cli.image.TagCommand;
import dev.priok.cli.image.VerifyCommand;
import dev.priok.cli.option.HelpText;
import dev.priok.cli.option.Options;
import dev.priok.cli.system.DfCommand;
import dev.priok.cli.system.ElsewhereCommand;
import dev.priok.cli.system.EventsCommand;
import dev.priok.cli.system.InfoCommand;
import dev.priok.cli.system.InspectCommand;
import dev.priok.cli.system.RegistryProgramCommand;
import dev.priok.cli.system.SystemPruneCommand;
import dev.priok.cli.system.VersionCommand;
import dev.priok.cli.volume.NetworkConnectCommand;
import dev.priok.cli.volume.NetworkCreateCommand;
import dev.priok.cli.volume.NetworkDisconnectCommand;
import dev.priok.cli.volume.NetworkLsCommand;
import dev.priok.cli.volume.NetworkPruneCommand;
import dev.priok.cli.volume.RemoveCommand;
import dev.priok.cli.volume.VolumeBackupCommand;
import dev.priok.cli.volume.VolumeCloneCommand;
import dev.priok.cli.volume.VolumeCreateCommand;
import dev.priok.cli.volume.VolumeLsCommand;
import dev.priok.cli.volume.VolumePruneCommand;
import dev.priok.cli.volume.VolumeRestoreCommand;
import dev.priok.cli.volume.VolumeSnapshotCommand;
import dev.priok.cli.volume.VolumeSnapshotsCommand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All commands by their names. A command's class is loaded only when it is asked for. */
final class Catalogue {
    static final int DEFAULT_WIDTH = 80;

    static final List<String> COMMON =
            List.of("run", "exec", "ps", "build", "pull", "push", "images", "version", "info");

    static final List<String> GROUPS =
            List.of("container", "image", "manifest", "network", "referrers", "registry", "system", "volume");

    static final List<String> OTHERS = List.of(
            "attach",
            "commit",
            "completion",
            "copy",
            "cp",
            "create",
            "diff",
            "events",
            "export",
            "history",
            "import",
            "inspect",
            "kill",
            "load",
            "login",
            "logout",
            "logs",
            "pause",
            "port",
            "rename",
            "restart",
            "rm",
            "rmi",
            "save",
            "start",
            "stats",
            "stop",
            "tag",
            "top",
            "unpause",
            "update",
            "wait");

    private Catalogue() {}

    static boolean isGroup(String name) {
        return GROUPS.contains(name) || name.equals("builder") || name.equals("builds");
    }

    /** A command of the top level; null when there is none of that name. */
    static @Nullable Command find(String name) {
        return switch (name) {
            case "attach" -> new AttachCommand();
            case "build" -> new BuildCommand();
            case "commit" -> new CommitCommand();
            case "completion" -> new CompletionCommand();
            case "copy" ->
                new ElsewhereCommand(
                        "copy",
                        "[OPTIONS] SOURCE DESTINATION",
                        "Copy an image between registries, archives and layouts");
            case "cp" -> new CpCommand();
            case "create" -> new CreateCommand();
            case "diff" -> new DiffCommand();
            case "events" -> new EventsCommand();
            case "exec" -> new ExecCommand();
            case "export" -> new ExportCommand();
            case "history" -> new HistoryCommand();
            case "images" -> new ImagesCommand();
            case "import" -> new ImportCommand();
            case "info" -> new InfoCommand(Version.ofThisBuild());
            case "inspect" -> InspectCommand.any();
            case "kill" -> new KillCommand();
            case "load" -> new LoadCommand();
            case "login" -> new LoginCommand();
            case "logout" -> new LogoutCommand();
            case "logs" -> new LogsCommand();
            case "pause" -> PauseCommand.pause();
            case "port" -> new PortCommand();
            case "ps" -> new PsCommand();
            case "pull" -> new PullCommand();
            case "push" -> new PushCommand();
            case "rename" -> new RenameCommand();
            case "restart" -> StopCommand.restart();
            case "rm" -> new RmCommand();
            case "rmi" -> new RmiCommand();
            case "run" -> new RunCommand();
            case "save" -> new SaveCommand();
            case "start" -> new StartCommand();
            case "stats" -> new StatsCommand();
            case "stop" -> StopCommand.stop();
            case "tag" -> new TagCommand();
            case "top" -> new TopCommand();
            case "unpause" -> PauseCommand.unpause();
            case "update" -> new UpdateCommand();
            case "version" -> new VersionCommand(Version.ofThisBuild());
            case "wait" -> new WaitCommand();
            default -> null;
        };
    }

    /** A command of a group, by its name or one of its other names. */
    static @Nullable Command findInGroup(String group, String name) {
        return switch (group) {
            case "container" ->
                switch (name) {
                    case "ls", "list", "ps" -> new PsCommand();
                    case "inspect" -> InspectCommand.of("container");
                    case "prune" -> new ContainerPruneCommand();
                    case "remove" -> new RmCommand();
                    default -> namesOf(group).contains(name) ? find(name) : null;
                };
            case "image" ->
                switch (name) {
                    case "analyze" -> new AnalyzeCommand();
                    case "ls", "list" -> new ImagesCommand();
                    case "inspect" -> InspectCommand.of("image");
                    case "prune" -> new ImagePruneCommand();
                    case "rm", "remove" -> new RmiCommand();
                    case "verify" -> new VerifyCommand();
                    default -> namesOf(group).contains(name) ? find(name) : null;
                };
            case "network" ->
                switch (name) {
                    case "connect" -> new NetworkConnectCommand();
                    case "create" -> new NetworkCreateCommand();
                    case "disconnect" -> new NetworkDisconnectCommand();
                    case "inspect" -> InspectCommand.of("network");
                    case "ls", "list" -> new NetworkLsCommand();
                    case "prune" -> new NetworkPruneCommand();
                    case "rm", "remove" -> RemoveCommand.network();
                    default -> null;
                };
            case "manifest" ->
                switch (name) {
                    case "annotate" ->
                        new ElsewhereCommand(
                                "manifest annotate", "[OPTIONS] LIST MANIFEST", "Say what a manifest of a list is for");
                    case "create" ->
                        new ElsewhereCommand(
                                "manifest create",
                                "LIST MANIFEST [MANIFEST...]",
                                "Make a list of manifests to annotate and push");
                    case "inspect" ->
                        new ElsewhereCommand(
                                "manifest inspect",
                                "[OPTIONS] [LIST] MANIFEST",
                                "Show a manifest or a list of manifests");
                    case "push" -> new ElsewhereCommand("manifest push", "[OPTIONS] LIST", "Push a list of manifests");
                    case "rm" ->
                        new ElsewhereCommand(
                                "manifest rm", "LIST [LIST...]", "Forget lists of manifests that are not pushed");
                    default -> null;
                };
            case "referrers" ->
                switch (name) {
                    case "copy" ->
                        new ElsewhereCommand(
                                "referrers copy",
                                "[OPTIONS] SOURCE DESTINATION",
                                "Copy what is about an image, not the image");
                    case "ls", "list" ->
                        new ElsewhereCommand("referrers ls", "[OPTIONS] IMAGE", "List what is about an image");
                    case "rm", "remove" ->
                        new ElsewhereCommand(
                                "referrers rm", "[OPTIONS] IMAGE DIGEST [DIGEST...]", "Delete what is about an image");
                    default -> null;
                };
            case "registry" ->
                switch (name) {
                    case "key" -> RegistryProgramCommand.key();
                    case "serve" -> RegistryProgramCommand.serve();
                    default -> null;
                };
            case "system" ->
                switch (name) {
                    case "df" -> new DfCommand();
                    case "prune" -> new SystemPruneCommand();
                    case "events", "info" -> find(name);
                    default -> null;
                };
            case "volume" ->
                switch (name) {
                    case "backup" -> new VolumeBackupCommand();
                    case "clone" -> new VolumeCloneCommand();
                    case "create" -> new VolumeCreateCommand();
                    case "inspect" -> InspectCommand.of("volume");
                    case "ls", "list" -> new VolumeLsCommand();
                    case "prune" -> new VolumePruneCommand();
                    case "restore" -> new VolumeRestoreCommand();
                    case "rm", "remove" -> RemoveCommand.volume();
                    case "snapshot" -> new VolumeSnapshotCommand();
                    case "snapshots" -> new VolumeSnapshotsCommand();
                    default -> null;
                };
            case "builds" ->
                switch (name) {
                    case "ls", "list" -> BuildsCommand.list();
                    case "logs" -> BuildsCommand.logs();
                    case "inspect" -> BuildsCommand.inspect();
                    default -> null;
                };
            case "builder" -> name.equals("build") ? new BuildCommand() : null;
            default -> null;
        };
    }

    /** Names of a group's commands. */
    static List<String> namesOf(String group) {
        return switch (group) {
            case "container" ->
                List.of(
                        "attach", "commit", "cp", "create", "diff", "exec", "export", "inspect", "kill", "logs", "ls",
                        "pause", "port", "prune", "rename", "restart", "rm", "run", "start", "stats", "stop", "top",
                        "unpause", "update", "wait");
            case "image" ->
                List.of(
                        "analyze", "build", "history", "import", "inspect", "load", "ls", "prune", "pull", "push", "rm",
                        "save", "tag", "verify");
            case "manifest" -> List.of("annotate", "create", "inspect", "push", "rm");
            case "referrers" -> List.of("copy", "ls", "rm");
            case "network" -> List.of("connect", "create", "disconnect", "inspect", "ls", "prune", "rm");
            case "volume" ->
                List.of(
                        "backup",
                        "clone",
                        "create",
                        "inspect",
                        "ls",
                        "prune",
                        "restore",
                        "rm",
                        "snapshot",
                        "snapshots");
            case "builds" -> List.of("inspect", "logs", "ls");
            case "registry" -> List.of("key", "serve");
            case "system" -> List.of("df", "events", "info", "prune");
            default -> List.of("build");
        };
    }

    private static String summaryOf(String group) {
        return switch (group) {
            case "container" -> "Manage containers";
            case "image" -> "Manage images";
            case "manifest" -> "Manage manifests and lists of manifests in registries";
            case "network" -> "Manage networks";
            case "referrers" -> "Manage what is about images: signatures, attestations, bills of materials";
            case "registry" -> "Serve images to others";
            case "system" -> "Manage the daemon's machine";
            case "volume" -> "Manage volumes";
            default -> "Manage builds";
        };
    }

    /** Help of the whole program. */
    static String overview(Options options, int width) {
        List<String[]> groups = new ArrayList<>();
        for (String group : GROUPS) {
            groups.add(new String[] {group, summaryOf(group)});
        }
        return new HelpText(width)
                .usage(Cli.PROGRAM, "[OPTIONS] COMMAND")
                .paragraph("Builds images and runs containers; takes docker's commands")
                .entries("Common Commands", entries(COMMON))
                .entries("Management Commands", groups)
                .entries("Commands", entries(OTHERS))
                .options("Global Options", options)
                .paragraph("Run '" + Cli.PROGRAM + " COMMAND --help' for more information on a command.")
                .toString();
    }

    /** Help of one group. */
    static String groupHelp(String group) {
        List<String[]> entries = new ArrayList<>();
        for (String name : namesOf(group)) {
            entries.add(entry(name, findInGroup(group, name)));
        }
        String path = Cli.PROGRAM + " " + group;
        return new HelpText(DEFAULT_WIDTH)
                .usage(path, "COMMAND")
                .paragraph(summaryOf(group))
                .entries("Commands", entries)
                .paragraph("Run '" + path + " COMMAND --help' for more information on a command.")
                .toString();
    }

    private static List<String[]> entries(List<String> names) {
        List<String[]> entries = new ArrayList<>();
        for (String name : names) {
            entries.add(entry(name, find(name)));
        }
        return entries;
    }

    private static String[] entry(String name, @Nullable Command command) {
        return new String[] {name, command == null ? "" : command.summary()};
    }
}
