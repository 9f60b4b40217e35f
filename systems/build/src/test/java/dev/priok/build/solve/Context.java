package dev.priok.build.solve;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A build context that a test writes. */
final class Context {
    private final Map<TarEntry, byte[]> members = new LinkedHashMap<>();

    static Context of(String dockerfile) {
        return new Context().file("Dockerfile", dockerfile);
    }

    Context file(String path, String text) {
        return file(path, text, 0644, 1000);
    }

    Context file(String path, String text, int mode, long modified) {
        return bytes(path, text.getBytes(StandardCharsets.UTF_8), mode, modified);
    }

    Context bytes(String path, byte[] bytes, int mode, long modified) {
        put(TarEntry.file(path, mode, bytes.length, modified), bytes);
        return this;
    }

    Context link(String path, String target) {
        put(TarEntry.symbolicLink(path, target, 1000), new byte[0]);
        return this;
    }

    Context hardLink(String path, String target) {
        put(TarEntry.hardLink(path, target), new byte[0]);
        return this;
    }

    private void put(TarEntry entry, byte[] bytes) {
        members.keySet().removeIf(e -> e.name().equals(entry.name()));
        members.put(entry, bytes);
    }

    byte[] tar() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            for (Map.Entry<TarEntry, byte[]> member : members.entrySet()) {
                tar.put(member.getKey(), member.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    InputStream stream() {
        return new ByteArrayInputStream(tar());
    }
}
