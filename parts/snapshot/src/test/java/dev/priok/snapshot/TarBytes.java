package dev.priok.snapshot;

import dev.priok.archive.TarEntry;
import dev.priok.archive.TarReader;
import dev.priok.archive.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A tar in memory, written member by member. */
public final class TarBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarWriter tar = new TarWriter(bytes);

    public TarBytes file(String name, String content) throws IOException {
        byte[] text = content.getBytes(StandardCharsets.UTF_8);
        tar.put(TarEntry.file(name, 0644, text.length, 1_000_000_000), text);
        return this;
    }

    public TarBytes folder(String name) throws IOException {
        return add(TarEntry.folder(name, 0755, 1_000_000_000));
    }

    public TarBytes link(String name, String target) throws IOException {
        return add(TarEntry.symbolicLink(name, target, 1_000_000_000));
    }

    public TarBytes hardLink(String name, String target) throws IOException {
        return add(TarEntry.hardLink(name, target));
    }

    public TarBytes add(TarEntry entry) throws IOException {
        tar.put(entry);
        return this;
    }

    public byte[] bytes() throws IOException {
        tar.close();
        return bytes.toByteArray();
    }

    public InputStream stream() throws IOException {
        return new ByteArrayInputStream(bytes());
    }

    /** Names of the members, links with their targets, in order. */
    public static List<String> names(byte[] tar) throws IOException {
        List<String> names = new ArrayList<>();
        TarReader reader = new TarReader(new ByteArrayInputStream(tar));
        Optional<TarEntry> next = reader.next();
        while (next.isPresent()) {
            TarEntry entry = next.get();
            names.add(entry.link().isEmpty() ? entry.name() : entry.name() + " -> " + entry.link());
            next = reader.next();
        }
        return names;
    }
}
