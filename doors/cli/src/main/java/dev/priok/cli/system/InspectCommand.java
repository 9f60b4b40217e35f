package dev.priok.cli.system;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.template.Template;
import dev.priok.cli.template.TemplateError;
import dev.priok.client.Json;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code inspect}: everything the daemon knows about objects; with {@code --steps} the system calls that made a container. */
public final class InspectCommand extends Command {
    private static final List<String> KINDS = List.of("container", "image", "network", "volume");

    private final String kind;
    private final TextOption format = options.text('f', "format", "How to print: 'json' or a Go template");
    private final @Nullable Flag size;
    private final @Nullable Flag steps;
    private final @Nullable TextOption type;

    /**
     * @param kind what to look for; empty for anything
     */
    private InspectCommand(String kind, String synopsis, String summary) {
        super(synopsis, summary, Arity.atLeast(1));
        this.kind = kind;
        boolean mayBeContainer = kind.isEmpty() || kind.equals("container");
        size = mayBeContainer ? options.flag('s', "size", "Show how much disk a container takes") : null;
        steps = mayBeContainer ? options.flag("steps", "Show the system calls that make the container") : null;
        type = kind.isEmpty() ? options.text("type", "Look only for this kind of object") : null;
    }

    /** Looks for objects of any kind. */
    public static InspectCommand any() {
        return new InspectCommand(
                "", "[OPTIONS] NAME|ID [NAME|ID...]", "Return low-level information on objects of any kind");
    }

    /** Looks for one kind of object. */
    public static InspectCommand of(String kind) {
        String noun = kind.toUpperCase(java.util.Locale.ROOT);
        return new InspectCommand(
                kind,
                "[OPTIONS] " + noun + " [" + noun + "...]",
                "Display detailed information on one or more " + kind + "s");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        if (steps != null && steps.value()) {
            return printSteps(session, arguments);
        }
        String wanted = type == null ? kind : type.value();
        if (!wanted.isEmpty() && !KINDS.contains(wanted)) {
            throw new CommandFailed("unknown type: \"" + wanted
                    + "\": must be one of \"container\", \"image\", \"network\", \"volume\"");
        }
        List<@Nullable Object> found = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (String name : arguments) {
            try {
                found.add(find(session, wanted, name));
            } catch (Failure | CommandFailed e) {
                errors.add(Targets.message(e));
            }
        }
        print(session, found);
        session.out().flush();
        errors.forEach(session.err()::println);
        return errors.isEmpty() ? 0 : CommandFailed.FAILURE;
    }

    private @Nullable Object find(Session session, String wanted, String name) throws IOException {
        for (String candidate : wanted.isEmpty() ? KINDS : List.of(wanted)) {
            Request request = Request.get(path(candidate, name));
            if (candidate.equals("container")) {
                request.queryIf(size != null && size.value(), "size");
            }
            try (Reply reply = session.client().send(request)) {
                return reply.json();
            } catch (Failure e) {
                if (!wanted.isEmpty() || e.kind() != Failure.Kind.NOT_FOUND) {
                    throw e;
                }
            }
        }
        throw new CommandFailed("Error: No such object: " + name);
    }

    private static String path(String kind, String name) {
        String segment = Request.segment(name);
        return switch (kind) {
            case "container" -> "/containers/" + segment + "/json";
            case "image" -> "/images/" + segment + "/json";
            case "network" -> "/networks/" + segment;
            default -> "/volumes/" + segment;
        };
    }

    private void print(Session session, List<@Nullable Object> found) {
        String template = format.value();
        if (template.isEmpty()) {
            session.out().println(Json.writeIndented(found, "    "));
            return;
        }
        if (template.equals("json")) {
            session.out().println(Json.write(found));
            return;
        }
        StringBuilder out = new StringBuilder();
        try {
            Template parsed = Template.parse(template.replace("\\t", "\t").replace("\\n", "\n"));
            for (Object tree : found) {
                parsed.render(out, tree);
                out.append('\n');
            }
        } catch (TemplateError e) {
            throw new CommandFailed("template parsing error: " + e.message());
        }
        session.out().print(out);
    }

    private static int printSteps(Session session, List<String> arguments) throws IOException {
        for (String container : arguments) {
            Request request = Request.get("/priok/containers/" + Request.segment(container) + "/steps")
                    .unversioned();
            try (Reply reply = session.client().send(request)) {
                session.out().print(reply.text());
            }
        }
        return 0;
    }
}
