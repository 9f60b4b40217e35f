package dev.priok.cli.build;

import dev.priok.cli.archive.FileTree;
import dev.priok.cli.archive.TarEntry;
import dev.priok.cli.archive.TarWriter;
import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Session;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What goes with a build context in the same archive: secrets and the files of named contexts.
 *
 * @param secrets by id
 * @param folders named contexts that are folders
 * @param images named contexts that are images: reference by name
 */
record BuildInputs(Map<String, byte[]> secrets, Map<String, Path> folders, Map<String, String> images) {
    private static final String PACK = ".priok-build-inputs";
    private static final String IMAGE = "docker-image://";
    private static final int SECRET_MODE = 0400;

    /** Reads the values of {@code --secret} and {@code --build-context}. */
    static BuildInputs of(Session session, List<String> secretOptions, List<String> contextOptions) throws IOException {
        Map<String, byte[]> secrets = new LinkedHashMap<>();
        for (String option : secretOptions) {
            addSecret(session, option, secrets);
        }
        Map<String, Path> folders = new LinkedHashMap<>();
        Map<String, String> images = new LinkedHashMap<>();
        for (String option : contextOptions) {
            int equals = option.indexOf('=');
            if (equals <= 0) {
                throw new CommandFailed("invalid context value: " + option + ", expected key=value");
            }
            String name = option.substring(0, equals);
            String value = option.substring(equals + 1);
            if (value.startsWith(IMAGE)) {
                images.put(name, value.substring(IMAGE.length()));
            } else if (value.contains("://")) {
                throw new CommandFailed("build context " + name + ": only folders and " + IMAGE + " are supported");
            } else if (Files.isDirectory(Path.of(value))) {
                folders.put(name, Path.of(value));
            } else {
                throw new CommandFailed("failed to get build context " + name + ": " + value + " is no folder");
            }
        }
        return new BuildInputs(secrets, folders, images);
    }

    private static void addSecret(Session session, String option, Map<String, byte[]> secrets) throws IOException {
        String id = "";
        String source = "";
        String variable = "";
        for (String field : option.split(",")) {
            int equals = field.indexOf('=');
            String key = equals < 0 ? field : field.substring(0, equals);
            String value = equals < 0 ? "" : field.substring(equals + 1);
            switch (key) {
                case "id" -> id = value;
                case "src", "source" -> source = value;
                case "env" -> variable = value;
                case "type" -> {
                    if (!value.equals("file") && !value.equals("env")) {
                        throw new CommandFailed("unsupported secret type \"" + value + "\"");
                    }
                }
                default -> throw new CommandFailed("unexpected key '" + key + "' in '" + field + "'");
            }
        }
        if (id.isEmpty() || id.contains("/")) {
            throw new CommandFailed("secret needs an id without slashes: --secret id=NAME[,src=FILE|,env=VARIABLE]");
        }
        boolean isVariable = !variable.isEmpty() || (source.isEmpty() && session.hasEnvironment(id));
        String name = variable.isEmpty() ? id : variable;
        if (isVariable && !session.hasEnvironment(name)) {
            throw new CommandFailed("secret " + id + ": environment variable " + name + " is not set");
        }
        secrets.put(
                id,
                isVariable
                        ? session.environment(name).getBytes(StandardCharsets.UTF_8)
                        : Files.readAllBytes(Path.of(source.isEmpty() ? id : source)));
    }

    boolean isEmpty() {
        return secrets.isEmpty() && folders.isEmpty();
    }

    /** Writes them in front of the context. */
    void writeTo(TarWriter tar) throws IOException {
        for (Map.Entry<String, byte[]> secret : secrets.entrySet()) {
            byte[] value = secret.getValue();
            String name = PACK + "/secrets/" + secret.getKey();
            tar.write(
                    new TarEntry(name, TarEntry.Kind.FILE, SECRET_MODE, 0, 0, value.length, 0, ""),
                    new ByteArrayInputStream(value));
        }
        for (Map.Entry<String, Path> folder : folders.entrySet()) {
            String name = PACK + "/contexts/" + folder.getKey().replace('/', '%');
            new FileTree(tar, false).addAll(folder.getValue().toRealPath(), name);
        }
    }
}
