package dev.priok.cli.build;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import dev.priok.client.DaemonAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The values of {@code --cache-from} and {@code --cache-to} as the daemon takes them: with absolute folders. */
final class CacheOption {
    private CacheOption() {}

    static List<String> all(Session session, List<String> values) {
        return values.stream()
                .flatMap(value -> value.contains("=") ? Stream.of(value) : Stream.of(value.split(",")))
                .map(value -> one(session, value))
                .toList();
    }

    private static String one(Session session, String value) {
        if (!value.contains("type=local")) {
            return value;
        }
        if (!(session.client().address() instanceof DaemonAddress.Unix)) {
            throw new CommandFailed("type=local needs a daemon that is reached by a unix socket: the folder is read and"
                    + " written by the daemon; use type=registry");
        }
        return Stream.of(value.split(",")).map(CacheOption::absolute).collect(Collectors.joining(","));
    }

    private static String absolute(String field) {
        int equals = field.indexOf('=');
        String key = equals < 0 ? "" : field.substring(0, equals);
        return key.equals("src") || key.equals("dest")
                ? key + "="
                        + Path.of(field.substring(equals + 1)).toAbsolutePath().normalize()
                : field;
    }
}
