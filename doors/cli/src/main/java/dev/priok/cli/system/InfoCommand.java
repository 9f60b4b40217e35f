package dev.priok.cli.system;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.Listings;
import dev.priok.cli.command.Session;
import dev.priok.cli.format.HumanSize;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.template.Template;
import dev.priok.cli.template.TemplateError;
import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code info}: the daemon and its machine. */
public final class InfoCommand extends Command {
    private final TextOption format = options.text('f', "format", "How to print: 'json' or a Go template");
    private final String version;

    /**
     * @param version version of this command
     */
    public InfoCommand(String version) {
        super("[OPTIONS]", "Display system-wide information", Arity.NONE);
        this.version = version;
    }

    @Override
    public List<String> aliases() {
        return List.of("system info", "info");
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        JsonObject info;
        try (Reply reply = session.client().send(Request.get("/info"))) {
            info = reply.object();
        }
        if (format.value().isEmpty()) {
            print(session.out(), info);
            info.texts("Warnings").forEach(session.err()::println);
            return 0;
        }
        Map<String, @Nullable Object> tree = new LinkedHashMap<>(info.fields());
        tree.put("ClientInfo", Map.of("Version", version, "Context", "default", "Debug", false));
        if (format.value().equals("json")) {
            session.out().println(Json.write(tree));
            return 0;
        }
        StringBuilder out = new StringBuilder();
        try {
            Template.parse(format.value()).render(out, tree);
        } catch (TemplateError e) {
            throw Listings.templateFailed(e);
        }
        session.out().println(out);
        return 0;
    }

    private void print(PrintStream out, JsonObject info) {
        out.println("Client: Priok");
        out.println(" Version:    " + version);
        out.println();
        out.println("Server:");
        number(out, " Containers:", info, "Containers");
        number(out, "  Running:", info, "ContainersRunning");
        number(out, "  Paused:", info, "ContainersPaused");
        number(out, "  Stopped:", info, "ContainersStopped");
        number(out, " Images:", info, "Images");
        text(out, " Server Version:", info, "ServerVersion");
        text(out, " Storage Driver:", info, "Driver");
        pairs(out, info.get("DriverStatus"));
        text(out, " Logging Driver:", info, "LoggingDriver");
        text(out, " Cgroup Driver:", info, "CgroupDriver");
        text(out, " Cgroup Version:", info, "CgroupVersion");
        JsonObject plugins = info.object("Plugins");
        out.println(" Plugins:");
        out.println("  Volume: " + String.join(" ", plugins.texts("Volume")));
        out.println("  Network: " + String.join(" ", plugins.texts("Network")));
        out.println("  Log: " + String.join(" ", plugins.texts("Log")));
        if (info.has("Swarm")) {
            out.println(" Swarm: " + info.object("Swarm").text("LocalNodeState"));
        }
        if (info.has("Runtimes")) {
            out.println(" Runtimes: "
                    + String.join(" ", info.object("Runtimes").fields().keySet()));
            text(out, " Default Runtime:", info, "DefaultRuntime");
        }
        text(out, " Init Binary:", info, "InitBinary");
        printMachine(out, info);
        flag(out, " Debug Mode:", info, "Debug");
        list(out, " Labels:", info.texts("Labels"));
        flag(out, " Experimental:", info, "ExperimentalBuild");
        JsonObject registries = info.object("RegistryConfig");
        list(out, " Insecure Registries:", registries.texts("InsecureRegistryCIDRs"));
        list(out, " Registry Mirrors:", registries.texts("Mirrors"));
        flag(out, " Live Restore Enabled:", info, "LiveRestoreEnabled");
        if (info.has("FirewallBackend")) {
            out.println(" Firewall Backend: " + info.object("FirewallBackend").text("Driver"));
        }
        out.println();
    }

    private static void printMachine(PrintStream out, JsonObject info) {
        List<String> security = info.texts("SecurityOptions");
        if (!security.isEmpty()) {
            out.println(" Security Options:");
            for (String option : security) {
                security(out, option);
            }
        }
        text(out, " Kernel Version:", info, "KernelVersion");
        text(out, " Operating System:", info, "OperatingSystem");
        text(out, " OSType:", info, "OSType");
        text(out, " Architecture:", info, "Architecture");
        number(out, " CPUs:", info, "NCPU");
        out.println(" Total Memory: " + HumanSize.ofBinary((double) info.number("MemTotal")));
        text(out, " Name:", info, "Name");
        text(out, " ID:", info, "ID");
        text(out, " Docker Root Dir:", info, "DockerRootDir");
    }

    /** {@code name=seccomp,profile=builtin}. */
    private static void security(PrintStream out, String option) {
        for (String part : option.split(",", -1)) {
            if (part.startsWith("name=")) {
                out.println("  " + part.substring(5));
            } else if (part.startsWith("profile=")) {
                out.println("   Profile: " + part.substring(8));
            } else if (part.indexOf('=') < 0) {
                out.println("  " + part);
            }
        }
    }

    private static void pairs(PrintStream out, @Nullable Object tree) {
        if (tree instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof List<?> pair && pair.size() == 2) {
                    out.println("  " + pair.getFirst() + ": " + pair.getLast());
                }
            }
        }
    }

    private static void list(PrintStream out, String title, List<String> items) {
        if (!items.isEmpty()) {
            out.println(title);
            items.forEach(item -> out.println("  " + item));
        }
    }

    private static void number(PrintStream out, String label, JsonObject info, String field) {
        out.println(label + " " + info.number(field));
    }

    private static void flag(PrintStream out, String label, JsonObject info, String field) {
        out.println(label + " " + info.flag(field));
    }

    private static void text(PrintStream out, String label, JsonObject info, String field) {
        if (!info.text(field).isEmpty()) {
            out.println(label + " " + info.text(field));
        }
    }
}
