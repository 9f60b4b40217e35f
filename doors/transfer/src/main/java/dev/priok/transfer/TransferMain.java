package dev.priok.transfer;

import dev.priok.cli.Cli;
import dev.priok.cli.Main;
import dev.priok.cli.command.Command;
import dev.priok.cli.command.Session;
import java.util.Arrays;
import java.util.Optional;

/** Entry point of the commands that talk to registries themselves. */
public final class TransferMain {
    private TransferMain() {}

    public static void main(String[] arguments) {
        // Standard output is for what was asked, and libraries have little to tell whoever types a command.
        System.setProperty("logback.configurationFile", "transfer-logback.xml");
        Session session = Main.session();
        int exitCode = new Cli(session, TransferMain::find).run(Arrays.asList(arguments));
        session.flush();
        Runtime.getRuntime().halt(exitCode);
    }

    static Optional<Command> find(String group, String name) {
        return Optional.ofNullable(
                switch (group + " " + name) {
                    case " copy" -> new CopyCommand();
                    case "manifest annotate" -> new ManifestAnnotateCommand();
                    case "manifest create" -> new ManifestCreateCommand();
                    case "manifest inspect" -> new ManifestInspectCommand();
                    case "manifest push" -> new ManifestPushCommand();
                    case "manifest rm" -> new ManifestRmCommand();
                    case "referrers copy" -> new ReferrersCopyCommand();
                    case "referrers ls", "referrers list" -> new ReferrersLsCommand();
                    case "referrers rm", "referrers remove" -> new ReferrersRmCommand();
                    default -> null;
                });
    }
}
