package dev.priok.cli.image;

import dev.priok.cli.command.Command;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Arity;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.terminal.Terminal;
import dev.priok.client.JsonObject;
import dev.priok.client.Reply;
import dev.priok.client.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code login}: proves to a registry who one is, and keeps the proof. */
public final class LoginCommand extends Command {
    private static final int MAXIMUM_PASSWORD_BYTES = 64 << 10;
    private static final int CONTROL_C = 3;
    private static final int BACKSPACE = 8;
    private static final int DELETE = 127;

    private final TextOption password = options.text('p', "password", "Password or personal access token");
    private final Flag passwordStdin = options.flag("password-stdin", "Take the password from standard input");
    private final TextOption username = options.text('u', "username", "User name");

    public LoginCommand() {
        super("[OPTIONS] [SERVER]", "Authenticate to a registry", new Arity(0, 1));
    }

    @Override
    public int run(Session session, List<String> arguments) throws IOException {
        String registry = registry(arguments);
        if (password.isSet() && passwordStdin.value()) {
            throw new CommandFailed("conflicting options: cannot specify both --password and --password-stdin");
        }
        String user = username.value();
        String secret = password.value();
        if (passwordStdin.value()) {
            if (user.isEmpty()) {
                throw new CommandFailed("the --password-stdin option requires --username to be set");
            }
            secret = new String(session.in().readNBytes(MAXIMUM_PASSWORD_BYTES), StandardCharsets.UTF_8);
            secret = secret.replaceFirst("\r?\n$", "");
        } else if (!secret.isEmpty()) {
            session.err().println("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
        }
        if (user.isEmpty() || secret.isEmpty()) {
            if (!session.terminal().isInput()) {
                throw new CommandFailed("Error: Cannot perform an interactive login from a non TTY device");
            }
            user = user.isEmpty() ? ask(session, "Username: ", true) : user;
            secret = secret.isEmpty() ? ask(session, "Password: ", false) : secret;
        }
        if (user.isEmpty() || secret.isEmpty()) {
            throw new CommandFailed("Error: username and password are required");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("username", user);
        body.put("password", secret);
        body.put("serveraddress", registry);
        JsonObject answer;
        try (Reply reply = session.client().send(Request.post("/auth").json(body))) {
            answer = reply.object();
        }
        Credentials.keep(session, registry, user, secret, answer.text("IdentityToken"));
        if (!Credentials.isKeptByHelper(session, registry)) {
            session.err()
                    .println("\nWARNING! Your credentials are stored unencrypted in '"
                            + session.configFile().path()
                            + "'.\nConfigure a credential helper to remove this warning.\n");
        }
        session.out().println(answer.text("Status").isEmpty() ? "Login Succeeded" : answer.text("Status"));
        return 0;
    }

    /** Docker Hub when none is named; a registry by its host, also when it is written as an address. */
    static String registry(List<String> arguments) {
        if (arguments.isEmpty() || arguments.getFirst().equals("docker.io")) {
            return Credentials.HUB;
        }
        String server = arguments.getFirst();
        if (server.equals(Credentials.HUB)) {
            return server;
        }
        String host = server.replaceFirst("^https?://", "");
        int slash = host.indexOf('/');
        return slash < 0 ? host : host.substring(0, slash);
    }

    private static String ask(Session session, String question, boolean echo) throws IOException {
        session.out().print(question);
        session.flush();
        ByteArrayOutputStream typed = new ByteArrayOutputStream();
        try (Terminal.Raw _ = session.terminal().enterRaw()) {
            for (int key = session.in().read();
                    key != '\r' && key != '\n' && key >= 0;
                    key = session.in().read()) {
                if (key == CONTROL_C) {
                    throw new CommandFailed("", 130);
                }
                if (key == BACKSPACE || key == DELETE) {
                    byte[] kept = typed.toByteArray();
                    typed.reset();
                    typed.write(kept, 0, Math.max(0, kept.length - 1));
                } else if (typed.size() < MAXIMUM_PASSWORD_BYTES) {
                    typed.write(key);
                }
                if (echo && key >= ' ' && key != DELETE) {
                    session.out().print((char) key);
                    session.flush();
                }
            }
        }
        session.out().println();
        return typed.toString(StandardCharsets.UTF_8);
    }
}
