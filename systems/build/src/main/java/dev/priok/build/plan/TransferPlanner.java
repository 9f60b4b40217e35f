package dev.priok.build.plan;

import dev.priok.build.dockerfile.Expansion;
import dev.priok.build.dockerfile.Heredoc;
import dev.priok.build.dockerfile.Instruction;
import dev.priok.build.dockerfile.SourceRange;
import dev.priok.build.fetch.GitAddress;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.plan.Operation.CopySource;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Plans COPY and ADD. */
final class TransferPlanner {
    private static final Pattern OCTAL = Pattern.compile("[0-7]{1,4}");
    private static final Pattern NUMBERS = Pattern.compile("\\d+(:\\d+)?");
    private static final Pattern SYMBOLIC = Pattern.compile("[ugoa]*[-+=][rwxXst]*(,[ugoa]*[-+=][rwxXst]*)*");

    private final StagePlanner stage;

    TransferPlanner(StagePlanner stage) {
        this.stage = stage;
    }

    Operation.Copy plan(Instruction.Transfer transfer) {
        SourceRange lines = transfer.source().lines();
        List<CopySource> sources = new ArrayList<>();
        for (String word : transfer.sources()) {
            sources.add(source(transfer, stage.expand(word, lines), lines));
        }
        for (Heredoc heredoc : transfer.heredocs()) {
            sources.add(new CopySource.FromText(new Operation.InlineFile(heredoc.name(), text(heredoc, lines))));
        }
        String destination = destination(stage.expand(transfer.destination(), lines), lines);
        String verb = transfer instanceof Instruction.Add ? "ADD" : "COPY";
        if (sources.size() > 1 && !destination.endsWith("/")) {
            throw lines.failure("When using " + verb
                    + " with more than one source file, the destination must be a directory and end with a /");
        }
        Optional<String> chown =
                transfer.ownership().chown().map(c -> stage.expand(c, lines)).filter(c -> !c.isEmpty());
        return new Operation.Copy(
                verb,
                sources,
                destination,
                chown,
                transfer.ownership().chmod().map(c -> permissions(stage.expand(c, lines), lines)),
                excludes(transfer, lines),
                transfer instanceof Instruction.Copy copy && copy.parents(),
                transfer instanceof Instruction.Add add && add.unpack().orElse(true),
                // Names of owners are looked up in what is below, so such a copy is not independent of it.
                transfer.link() && chown.map(c -> NUMBERS.matcher(c).matches()).orElse(true));
    }

    private CopySource source(Instruction.Transfer transfer, String path, SourceRange lines) {
        return switch (transfer) {
            case Instruction.Copy copy
            when copy.from().isPresent() ->
                new CopySource.FromStep(stage.source(copy.from().get(), lines), path);
            case Instruction.Copy _ -> new CopySource.FromContext("", path);
            case Instruction.Add add -> added(add, path, lines);
        };
    }

    private CopySource added(Instruction.Add add, String path, SourceRange lines) {
        String lower = path.toLowerCase(Locale.ROOT);
        if (GitAddress.isGit(path)) {
            return git(add, path, lines);
        }
        if (!lower.startsWith("http://") && !lower.startsWith("https://")) {
            if (add.checksum().isPresent()) {
                throw lines.failure("checksum can't be specified for non-HTTP(S) sources");
            }
            return new CopySource.FromContext("", path);
        }
        if (add.checksum().isPresent() && add.sources().size() > 1) {
            throw lines.failure("checksum can't be specified for multiple sources");
        }
        Optional<String> checksum = add.checksum().map(c -> stage.expand(c, lines));
        try {
            checksum.ifPresent(Digest::parse);
            return new CopySource.FromWeb(new URI(path), checksum, add.unpack().orElse(false));
        } catch (URISyntaxException | Failure e) {
            throw lines.failure("invalid source " + path + ": " + e.getMessage());
        }
    }

    private CopySource git(Instruction.Add add, String path, SourceRange lines) {
        try {
            return new CopySource.FromGit(GitAddress.parse(path)
                    .at(add.checksum().map(c -> stage.expand(c, lines)))
                    .keepingGitDir(add.keepGitDir()));
        } catch (Failure e) {
            throw new Failure(e.kind(), lines.failure(e.message()).message(), e);
        }
    }

    private String text(Heredoc heredoc, SourceRange lines) {
        if (!heredoc.expand()) {
            return heredoc.text();
        }
        try {
            return Expansion.expandHeredoc(heredoc.text(), stage.escape(), stage::value);
        } catch (Failure e) {
            throw lines.failure("failed to process heredoc " + heredoc.name() + ": " + e.message());
        }
    }

    private String destination(String path, SourceRange lines) {
        if (path.isEmpty()) {
            throw lines.failure("destination must not be empty");
        }
        boolean directory = path.endsWith("/") || path.endsWith("/.") || path.equals(".") || path.equals("..");
        String absolute = stage.absolute(path);
        return directory && !absolute.endsWith("/") ? absolute + "/" : absolute;
    }

    private static String permissions(String text, SourceRange lines) {
        if (!OCTAL.matcher(text).matches() && !SYMBOLIC.matcher(text).matches()) {
            throw lines.failure(
                    "invalid chmod parameter: '" + text + "'. it should be octal string and between 0 and 07777");
        }
        return text;
    }

    private IgnoreRules excludes(Instruction.Transfer transfer, SourceRange lines) {
        try {
            return IgnoreRules.of(transfer.excludes().stream()
                    .map(e -> stage.expand(e, lines))
                    .toList());
        } catch (Failure e) {
            throw lines.failure(e.message());
        }
    }
}
