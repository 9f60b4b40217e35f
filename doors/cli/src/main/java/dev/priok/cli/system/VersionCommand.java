package dev.priok.cli.system;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.command.Targets;
import dev.priok.cli.format.HumanTime;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.template.Template;
import dev.priok.cli.template.TemplateError;
import dev.priok.client.EngineClient;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import dev.priok.core.Failure;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code version}: of this command and of the daemon. */
public final class VersionCommand extends Command {
    private static final int LABEL_WIDTH = 20;

    private final TextOption format = options.text('f', "format", "How to print: 'json' or a Go template");
    private final String version;

    /**
     * @param version version of this command
     */
    public VersionCommand(String version) {
        super("[OPTIONS]", "Show the version of this command and of the daemon", Arity.NONE);
        this.version = version;
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        String problem = "";
        JsonObject server = JsonObject.of(null);
        try (Reply reply = session.client().send(Request.get("/version"))) {
            server = reply.object();
        } catch (Failure | IOException e) {
            problem = Targets.message(e);
        }
        Map<String, @Nullable Object> client = client(session);
        if (format.value().isEmpty()) {
            printText(session, client, server);
        } else {
            printFormatted(session, client, problem.isEmpty() ? server.fields() : null);
        }
        if (!problem.isEmpty()) {
            throw new CommandFailed(problem);
        }
        return 0;
    }

    private Map<String, @Nullable Object> client(Session session) {
        Map<String, @Nullable Object> client = new LinkedHashMap<>();
        client.put("Version", version);
        client.put("ApiVersion", session.client().apiVersion());
        client.put("APIVersion", session.client().apiVersion());
        client.put("DefaultAPIVersion", EngineClient.NEWEST_API_VERSION);
        client.put("JavaVersion", System.getProperty("java.version"));
        client.put("Os", "linux");
        client.put("Arch", architecture());
        return client;
    }

    private static String architecture() {
        String name = System.getProperty("os.arch");
        return switch (name) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> name;
        };
    }

    private void printFormatted(Session session, Map<String, @Nullable Object> client, @Nullable Object server) {
        Map<String, @Nullable Object> both = new LinkedHashMap<>();
        both.put("Client", client);
        both.put("Server", server);
        if (format.value().equals("json")) {
            client.remove("APIVersion");
            session.out().println(Json.write(both));
            return;
        }
        StringBuilder out = new StringBuilder();
        try {
            Template.parse(format.value()).render(out, both);
        } catch (TemplateError e) {
            throw Listings.templateFailed(e);
        }
        session.out().println(out);
    }

    private static void printText(Session session, Map<String, @Nullable Object> client, JsonObject server) {
        StringBuilder out = new StringBuilder("Client: Priok\n");
        line(out, " Version:", client.get("Version"));
        String api = String.valueOf(client.get("ApiVersion"));
        line(
                out,
                " API version:",
                api.equals(EngineClient.NEWEST_API_VERSION)
                        ? api
                        : api + " (downgraded from " + EngineClient.NEWEST_API_VERSION + ")");
        line(out, " Java version:", client.get("JavaVersion"));
        line(out, " OS/Arch:", client.get("Os") + "/" + client.get("Arch"));
        if (!server.fields().isEmpty()) {
            String platform = server.object("Platform").text("Name");
            out.append("\nServer:")
                    .append(platform.isEmpty() ? "" : " " + platform)
                    .append('\n');
            for (JsonObject component : server.objects("Components")) {
                component(out, component);
            }
        }
        session.out().print(out);
    }

    private static void component(StringBuilder out, JsonObject component) {
        out.append(' ').append(component.text("Name")).append(":\n");
        line(out, "  Version:", component.text("Version"));
        JsonObject details = component.object("Details");
        if (!component.text("Name").equals("Engine")) {
            details.fields().forEach((name, value) -> line(out, "  " + name + ":", value));
            return;
        }
        line(
                out,
                "  API version:",
                details.text("ApiVersion") + " (minimum version " + details.text("MinAPIVersion") + ")");
        detail(out, "  Go version:", details.text("GoVersion"));
        detail(out, "  Git commit:", details.text("GitCommit"));
        detail(out, "  Built:", built(details.text("BuildTime")));
        line(out, "  OS/Arch:", details.text("Os") + "/" + details.text("Arch"));
        detail(out, "  Experimental:", details.text("Experimental"));
    }

    private static String built(String time) {
        try {
            return time.isEmpty() ? "" : HumanTime.ansi(Instant.parse(time));
        } catch (DateTimeException _) {
            return time;
        }
    }

    private static void detail(StringBuilder out, String label, String value) {
        if (!value.isEmpty()) {
            line(out, label, value);
        }
    }

    private static void line(StringBuilder out, String label, @Nullable Object value) {
        out.append(label)
                .append(" ".repeat(Math.max(1, LABEL_WIDTH - label.length())))
                .append(value)
                .append('\n');
    }
}
