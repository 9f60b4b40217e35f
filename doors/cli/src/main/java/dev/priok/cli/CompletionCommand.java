package dev.priok.cli;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Option;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code completion}: a script for the user's shell. It holds all commands and options, made from their declarations; only
 * names of containers and images are asked from the daemon.
 */
final class CompletionCommand extends Command {
    CompletionCommand() {
        super("bash|zsh|fish", "Print a completion script for a shell", Arity.exactly(1));
    }

    @Override
    public int run(Session session, List<String> arguments) {
        String script = switch (arguments.getFirst()) {
            case "bash" -> bash();
            case "zsh" -> "#compdef priok\nautoload -U +X bashcompinit && bashcompinit\n" + bash();
            case "fish" -> fish();
            default ->
                throw new CommandFailed("no completion for shell \"" + arguments.getFirst() + "\": bash, zsh or fish");
        };
        session.out().print(script);
        return 0;
    }

    private static String bash() {
        StringBuilder out = new StringBuilder("""
                _priok() {
                    local cur=${COMP_WORDS[COMP_CWORD]} path="" word
                    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                        case "$word" in
                            -*) ;;
                            *)
                                case "$path" in
                                    "") path=$word ;;
                """);
        out.append("                    ")
                .append(String.join("|", Catalogue.GROUPS))
                .append(") path=\"$path $word\" ;;\n");
        out.append("""
                                esac ;;
                        esac
                    done
                    local words=""
                    case "$path" in
                """);
        bashCase(out, "", String.join(" ", topLevel()) + " --host --version --help");
        for (String name : topLevel()) {
            if (Catalogue.isGroup(name)) {
                bashCase(out, name, String.join(" ", Catalogue.namesOf(name)));
                for (String inner : Catalogue.namesOf(name)) {
                    bashCase(out, name + " " + inner, flags(Catalogue.findInGroup(name, inner)) + dynamic(inner));
                }
            } else {
                bashCase(out, name, flags(Catalogue.find(name)) + dynamic(name));
            }
        }
        return out.append("""
                    esac
                    COMPREPLY=($(compgen -W "$words" -- "$cur"))
                    [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$cur"))
                }
                complete -F _priok priok
                """).toString();
    }

    private static void bashCase(StringBuilder out, String path, String words) {
        out.append("        \"")
                .append(path)
                .append("\") words=\"")
                .append(words)
                .append("\" ;;\n");
    }

    private static String fish() {
        StringBuilder out = new StringBuilder("complete -c priok -f\n");
        String top = "__fish_use_subcommand";
        for (String name : topLevel()) {
            Command command = Catalogue.find(name);
            fishLine(out, top, "-a " + name, command == null ? "Manage " + name + " objects" : command.summary());
            if (!Catalogue.isGroup(name)) {
                fishOptions(out, "__fish_seen_subcommand_from " + name, command);
                continue;
            }
            String inGroup = "__fish_seen_subcommand_from " + name;
            for (String inner : Catalogue.namesOf(name)) {
                Command member = Catalogue.findInGroup(name, inner);
                String unchosen =
                        inGroup + "; and not __fish_seen_subcommand_from " + String.join(" ", Catalogue.namesOf(name));
                fishLine(out, unchosen, "-a " + inner, member == null ? "" : member.summary());
                fishOptions(out, inGroup + "; and __fish_seen_subcommand_from " + inner, member);
            }
        }
        return out.toString();
    }

    private static void fishOptions(StringBuilder out, String condition, @Nullable Command command) {
        if (command == null) {
            return;
        }
        for (Option option : command.options().visible()) {
            fishLine(out, condition, "-l " + option.name(), "");
        }
    }

    private static void fishLine(StringBuilder out, String condition, String what, String description) {
        out.append("complete -c priok -n '").append(condition).append("' ").append(what);
        if (!description.isEmpty()) {
            out.append(" -d '").append(description.replace("'", "\\'")).append('\'');
        }
        out.append('\n');
    }

    private static List<String> topLevel() {
        List<String> names = new ArrayList<>(Catalogue.COMMON);
        names.addAll(Catalogue.GROUPS);
        names.addAll(Catalogue.OTHERS);
        return names;
    }

    private static String flags(@Nullable Command command) {
        StringBuilder out = new StringBuilder();
        if (command != null) {
            for (Option option : command.options().visible()) {
                out.append("--").append(option.name()).append(' ');
            }
        }
        return out.append("--help").toString();
    }

    /** What the shell asks the daemon for. */
    private static String dynamic(String name) {
        return switch (name) {
            case "start", "rm", "inspect", "logs", "rename", "wait", "commit", "export", "diff", "update", "cp" ->
                " $(priok ps -a --format '{{.Names}}' 2>/dev/null)";
            case "stop", "kill", "restart", "exec", "attach", "pause", "unpause", "top", "stats", "port" ->
                " $(priok ps --format '{{.Names}}' 2>/dev/null)";
            case "run", "create", "rmi", "tag", "history", "save", "push" ->
                " $(priok images --format '{{.Repository}}:{{.Tag}}' 2>/dev/null)";
            default -> "";
        };
    }
}
