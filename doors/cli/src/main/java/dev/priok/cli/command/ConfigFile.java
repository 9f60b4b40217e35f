package dev.priok.cli.command;

import dev.priok.client.Json;
import dev.priok.client.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Docker's {@code config.json}: what is in it and not known here stays in it. */
public final class ConfigFile {
    private final Path file;

    ConfigFile(Path folder) {
        file = folder.resolve("config.json");
    }

    public Path path() {
        return file;
    }

    /** What it holds; nothing when there is none. */
    public JsonObject read() {
        if (!Files.isReadable(file)) {
            return JsonObject.of(null);
        }
        try {
            return JsonObject.of(Json.read(Files.readString(file)));
        } catch (IOException e) {
            throw new CommandFailed("cannot read " + file + ": " + e.getMessage());
        }
    }

    /** Puts a member in, or takes it out when {@code value} is null; for the owner's eyes alone. */
    public void put(String name, @Nullable Object value) throws IOException {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(read().fields());
        if (value == null) {
            all.remove(name);
        } else {
            all.put(name, value);
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("no folder for " + file);
        }
        Files.createDirectories(folder);
        Path temporary = Files.createTempFile(
                folder,
                "config.json",
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(temporary, Json.write(all).getBytes(StandardCharsets.UTF_8));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
