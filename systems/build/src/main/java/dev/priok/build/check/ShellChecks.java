package dev.priok.build.check;

import dev.priok.build.dockerfile.CommandLine;
import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.Heredoc;
import dev.priok.build.dockerfile.Instruction;
import dev.priok.build.dockerfile.SourceRange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What RUN does, as far as its text tells. */
final class ShellChecks {
    private static final Pattern UNQUOTED = Pattern.compile("\\$(?:\\{[A-Za-z_]\\w*[^}]*}|[A-Za-z_]\\w*)");
    private static final Pattern SET =
            Pattern.compile("(?:^|[\\s;&|(])(?:export\\s+|read\\s+|for\\s+)?([A-Za-z_]\\w*)(?:=|\\s+in\\b)");
    private static final Pattern DECLARED = Pattern.compile("\\b(?:export|local|readonly)\\s+\\w+=[\"']?\\$\\(");
    private static final Pattern CD = Pattern.compile("(?:^|[;\\n])\\s*cd\\s+[^;&|\\n]+(?=;|\\n|$)");

    private final Dockerfile file;
    private final Findings findings;

    ShellChecks(Dockerfile file, Findings findings) {
        this.file = file;
        this.findings = findings;
    }

    /** The text of a RUN, with its heredocs; empty for the JSON form. */
    static String text(Instruction.Run run) {
        StringBuilder text = new StringBuilder();
        switch (run.command()) {
            case CommandLine.Shell(String shell) -> text.append(shell);
            case CommandLine.Exec _ -> {}
        }
        for (Heredoc heredoc : run.heredocs()) {
            text.append('\n').append(heredoc.text());
        }
        return text.toString();
    }

    void run() {
        boolean wget = false;
        boolean curl = false;
        for (Dockerfile.Stage stage : file.stages()) {
            Set<String> known = new HashSet<>();
            boolean pipefail = false;
            Instruction before = stage.from();
            for (Instruction instruction : stage.instructions()) {
                switch (instruction) {
                    case Instruction.Env env -> env.pairs().forEach(p -> known.add(p.name()));
                    case Instruction.Arg arg -> arg.definitions().forEach(d -> known.add(d.name()));
                    case Instruction.Shell shell ->
                        pipefail = shell.args().contains("pipefail")
                                || shell.args().stream().anyMatch(a -> a.matches("-[a-z]*o") || a.contains("pipefail"))
                                || shell.args()
                                        .getFirst()
                                        .toLowerCase(java.util.Locale.ROOT)
                                        .matches("pwsh|powershell|cmd");
                    case Instruction.Run run -> {
                        String text = text(run);
                        ShellText shell = ShellText.of(text);
                        SourceRange at = run.source().lines();
                        packages(at, text, shell, run);
                        commands(at, text, shell, pipefail || text.contains("pipefail"));
                        quoting(at, text, known);
                        wget |= !shell.calls("wget").isEmpty();
                        curl |= !shell.calls("curl").isEmpty();
                        if (wget
                                && curl
                                && (!shell.calls("wget").isEmpty()
                                        || !shell.calls("curl").isEmpty())) {
                            findings.add(CheckRule.DL4001, at, "the file uses wget and curl: one of them is enough");
                        }
                        if (before instanceof Instruction.Run first
                                && first.mounts().equals(run.mounts())
                                && shell.commands().size() <= 1) {
                            findings.add(
                                    CheckRule.DL3059,
                                    at,
                                    "this and the RUN before could be one layer: join them by &&");
                        }
                    }
                    default -> {}
                }
                before = instruction;
            }
        }
    }

    private void packages(SourceRange at, String text, ShellText shell, Instruction.Run run) {
        boolean hasCacheMount = run.mounts().stream().anyMatch(m -> m.contains("type=cache"));
        List<List<String>> apt = shell.calls("apt-get", "install");
        for (List<String> command : apt) {
            unpinned(at, command, "=", CheckRule.DL3008);
            if (!ShellText.has(command, "-y", "--yes", "--assume-yes", "-qq") && !command.contains("-q=2")) {
                findings.add(CheckRule.DL3014, at, "apt-get install waits for an answer that nobody gives: add -y");
            }
            if (!ShellText.has(command, "--no-install-recommends") && !text.contains("Install-Recommends")) {
                findings.add(CheckRule.DL3015, at, "recommended packages come too: add --no-install-recommends");
            }
        }
        boolean updates = !shell.calls("apt-get", "update").isEmpty();
        if (updates && !apt.isEmpty() && !text.contains("/var/lib/apt/lists") && !hasCacheMount) {
            findings.add(CheckRule.DL3009, at, "the lists stay in the layer: end with rm -rf /var/lib/apt/lists/*");
        }
        shell.calls("apt", "install", "update", "upgrade", "remove").stream()
                .findFirst()
                .ifPresent(_ ->
                        findings.add(CheckRule.DL3027, at, "apt is for people, and its output changes: use apt-get"));
        for (String program : List.of("pip", "pip3")) {
            for (List<String> command : shell.calls(program, "install")) {
                pip(at, text, command, hasCacheMount);
            }
        }
        shell.calls("npm", "install", "i", "add").forEach(command -> {
            if (ShellText.has(command, "-g", "--global")
                    || ShellText.plain(command).size() > 1) {
                unpinned(at, command, "@", CheckRule.DL3016);
            }
        });
        for (List<String> command : shell.calls("apk", "add")) {
            unpinned(at, command, "=", CheckRule.DL3018);
            if (!ShellText.has(command, "--no-cache") && !text.contains("/var/cache/apk") && !hasCacheMount) {
                findings.add(CheckRule.DL3019, at, "apk's index stays in the layer: add --no-cache");
            }
        }
        shell.calls("gem", "install", "i").stream()
                .filter(c -> !ShellText.has(c, "-v", "--version"))
                .forEach(c -> unpinned(at, c, ":", CheckRule.DL3028));
        manager(at, text, shell, "yum", "-", CheckRule.DL3033, CheckRule.DL3032, hasCacheMount);
        manager(at, text, shell, "dnf", "-", CheckRule.DL3041, CheckRule.DL3040, hasCacheMount);
        manager(at, text, shell, "zypper", "=", CheckRule.DL3037, CheckRule.DL3036, hasCacheMount);
        if (!shell.calls("yarn", "install").isEmpty() && !text.contains("yarn cache clean") && !hasCacheMount) {
            findings.add(CheckRule.DL3060, at, "yarn's cache stays in the layer: end with yarn cache clean");
        }
        shell.calls("go", "install").stream()
                .filter(c -> ShellText.plain(c).stream().anyMatch(w -> w.contains(".") && w.contains("/")))
                .forEach(c -> unpinned(at, c, "@v", CheckRule.DL3062));
    }

    private void pip(SourceRange at, String text, List<String> command, boolean hasCacheMount) {
        boolean fromFile = ShellText.has(command, "-r", "--requirement", "-c", "--constraint", "-e", "--editable");
        if (!fromFile) {
            List<String> packages = ShellText.plain(command).stream()
                    .skip(1)
                    .filter(p -> !p.startsWith("."))
                    .toList();
            packages.stream()
                    .filter(p -> !p.matches(".*(==|>=|<=|~=|@|\\.whl|\\.tar\\.gz|://).*") && !p.contains("$"))
                    .findFirst()
                    .ifPresent(p -> findings.add(CheckRule.DL3013, at, "%s comes in whatever version is newest", p));
        }
        if (!ShellText.has(command, "--no-cache-dir") && !text.contains("PIP_NO_CACHE_DIR") && !hasCacheMount) {
            findings.add(CheckRule.DL3042, at, "pip's cache stays in the layer: add --no-cache-dir");
        }
    }

    private void manager(
            SourceRange at,
            String text,
            ShellText shell,
            String program,
            String mark,
            CheckRule version,
            CheckRule clean,
            boolean hasCacheMount) {
        for (List<String> command : shell.calls(program, "install", "in")) {
            String pattern = mark.equals("-") ? ".*-\\d.*" : ".*=.*";
            ShellText.plain(command).stream()
                    .skip(1)
                    .filter(p -> !p.matches(pattern) && !p.contains("$") && !p.endsWith(".rpm"))
                    .findFirst()
                    .ifPresent(p -> findings.add(version, at, "%s comes in whatever version is newest", p));
            boolean cleans = text.contains(program + " clean") || text.contains("/var/cache/" + program);
            if (!cleans && !hasCacheMount) {
                findings.add(clean, at, "%s's cache stays in the layer: end with %s clean all", program, program);
            }
        }
    }

    private void unpinned(SourceRange at, List<String> command, String mark, CheckRule rule) {
        ShellText.plain(command).stream()
                .skip(1)
                .filter(p -> !p.substring(Math.min(1, p.length())).contains(mark)
                        && !p.contains("$")
                        && !p.startsWith(".")
                        && !p.startsWith("/"))
                .findFirst()
                .ifPresent(p -> findings.add(rule, at, "%s comes in whatever version is newest", p));
    }

    private void commands(SourceRange at, String text, ShellText shell, boolean pipefail) {
        if (!shell.calls("cd").isEmpty()
                && shell.commands().getFirst().getFirst().equals("cd")) {
            findings.add(CheckRule.DL3003, at, "cd holds for this RUN alone: WORKDIR says where all further ones are");
        }
        if (CD.matcher(text).find()) {
            findings.add(
                    CheckRule.SC2164, at, "when cd fails, what follows runs in the wrong folder: write cd ... || exit");
        }
        if (!shell.calls("sudo").isEmpty()) {
            findings.add(CheckRule.DL3004, at, "sudo behaves otherwise here than at a terminal: USER says who runs");
        }
        for (List<String> command : shell.calls("useradd")) {
            boolean isHigh = command.stream().anyMatch(w -> w.matches("\\d{6,}"));
            if (isHigh && !ShellText.has(command, "-l", "--no-log-init")) {
                findings.add(CheckRule.DL3046, at, "a high number makes a huge /var/log/lastlog: add --no-log-init");
            }
        }
        for (List<String> command : shell.calls("wget")) {
            if (!ShellText.has(command, "--progress", "-q", "--quiet", "-nv", "--no-verbose", "-o", "--output-file")) {
                findings.add(
                        CheckRule.DL3047, at, "wget writes its progress into the log: add --progress=dot:giga or -q");
            }
        }
        boolean linksShell =
                shell.calls("ln").stream().anyMatch(c -> c.getLast().equals("/bin/sh"));
        if (linksShell) {
            findings.add(CheckRule.DL4005, at, "SHELL changes the shell of later RUNs, and says so");
        }
        if (shell.hasPipe() && !pipefail) {
            findings.add(
                    CheckRule.DL4006,
                    at,
                    "only the last command of the pipe counts: SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]");
        }
    }

    private void quoting(SourceRange at, String text, Set<String> known) {
        Set<String> set = new HashSet<>(known);
        Matcher assignments = SET.matcher(text);
        while (assignments.find()) {
            set.add(assignments.group(1));
        }
        if (DECLARED.matcher(text).find()) {
            findings.add(
                    CheckRule.SC2155,
                    at,
                    "the declaration succeeds though its command failed: assign first, then declare");
        }
        String bare = withoutQuotes(text);
        if (Pattern.compile("(?:^|\\s)\\$\\((?!\\()").matcher(bare).find()) {
            findings.add(CheckRule.SC2046, at, "a command substitution without quotes is split at blanks");
        }
        Matcher uses = UNQUOTED.matcher(bare);
        while (uses.find()) {
            boolean isAssigned = uses.start() > 0 && bare.charAt(uses.start() - 1) == '=';
            if (!isAssigned) {
                findings.add(CheckRule.SC2086, at, "%s without quotes is split at blanks", uses.group());
                break;
            }
        }
        for (String name : VariableChecks.used(text)) {
            boolean isUsual = name.matches("HOME|PATH|PWD|USER|SHELL|HOSTNAME|TARGET.*|BUILD.*");
            if (!set.contains(name) && !isUsual) {
                findings.add(CheckRule.SC2154, at, "$%s is set nowhere in this file", name);
            }
        }
    }

    private static String withoutQuotes(String text) {
        return text.replaceAll("\\\\.", " ").replaceAll("'[^']*'", "''").replaceAll("\"[^\"]*\"", "\"\"");
    }
}
