package dev.priok.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.PathText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

class TarRoundTripTest {
    record Member(TarEntry entry, List<Byte> bytes) {
        byte[] content() {
            byte[] content = new byte[bytes.size()];
            for (int i = 0; i < content.length; i++) {
                content[i] = bytes.get(i);
            }
            return content;
        }
    }

    @Provide
    Arbitrary<List<Member>> members() {
        Arbitrary<String> part = Arbitraries.of(
                "a", "b.txt", "ünïcode", "caf\uDCE9", "x".repeat(60), "y".repeat(101), "z".repeat(255), "with space");
        Arbitrary<String> name = part.list().ofMinSize(1).ofMaxSize(6).map(parts -> String.join("/", parts));
        Arbitrary<TarEntry.Type> type = Arbitraries.of(TarEntry.Type.class);
        Arbitrary<Integer> id = Arbitraries.of(0, 1000, 2_097_151, 2_097_152, Integer.MAX_VALUE, -2);
        Arbitrary<Long> time = Arbitraries.of(0L, 1_700_000_000L, -5L, 8_589_934_591L, 8_589_934_592L);
        Arbitrary<List<Byte>> content = Arbitraries.bytes().list().ofMaxSize(1500);
        Arbitrary<SortedMap<String, byte[]>> xattrs = Arbitraries.maps(
                        Arbitraries.of("user.a", "security.capability", "user.b=c".replace("=", "-")),
                        Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(40))
                .map(TreeMap::new);
        Arbitrary<Member> member = Combinators.combine(name, type, id, time, content, xattrs)
                .as((n, t, i, s, c, x) -> new Member(
                        new TarEntry(
                                t == TarEntry.Type.FOLDER ? n + "/" : n,
                                t,
                                i & 0xFFF,
                                i,
                                i,
                                t == TarEntry.Type.FILE ? c.size() : 0,
                                s,
                                0,
                                t == TarEntry.Type.HARD_LINK || t == TarEntry.Type.SYMBOLIC_LINK ? n + "t" : "",
                                t == TarEntry.Type.BLOCK_DEVICE || t == TarEntry.Type.CHARACTER_DEVICE ? 8 : 0,
                                t == TarEntry.Type.BLOCK_DEVICE || t == TarEntry.Type.CHARACTER_DEVICE ? 3 : 0,
                                x),
                        t == TarEntry.Type.FILE ? c : List.of()));
        return member.list().ofMaxSize(8);
    }

    private static byte[] write(List<Member> members) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            for (Member member : members) {
                tar.put(member.entry(), member.content());
            }
        }
        return bytes.toByteArray();
    }

    @Property(tries = 300)
    void read_whatWasWritten_isTheSame(@ForAll("members") List<Member> members) throws IOException {
        byte[] tar = write(members);
        assertArrayEquals(tar, write(members));
        assertEquals(0, tar.length % 512);
        TarReader reader = new TarReader(new ByteArrayInputStream(tar));
        for (Member member : members) {
            TarEntry read = reader.next().orElseThrow();
            assertEquals(member.entry().withXattrs(new TreeMap<>()), read.withXattrs(new TreeMap<>()));
            assertEquals(member.entry().xattrs().keySet(), read.xattrs().keySet());
            member.entry()
                    .xattrs()
                    .forEach((key, value) ->
                            assertArrayEquals(value, read.xattrs().get(key), key));
            assertArrayEquals(member.content(), reader.readAllBytes());
        }
        assertEquals(Optional.empty(), reader.next());
    }

    @Property(tries = 100)
    void write_anything_isReadByCommonsCompress(@ForAll("members") List<Member> members) throws IOException {
        byte[] tar = write(members);
        List<String> names = new ArrayList<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar), "ISO-8859-1")) {
            TarArchiveEntry entry = in.getNextEntry();
            while (entry != null) {
                names.add(entry.getName());
                assertTrue(entry.isCheckSumOK());
                entry = in.getNextEntry();
            }
        }
        assertEquals(members.size(), names.size());
        for (int i = 0; i < names.size(); i++) {
            String name = members.get(i).entry().name();
            if (!name.contains("\uDCE9") && PathText.encode(name).length == name.length()) {
                assertEquals(name, names.get(i));
            }
        }
    }
}
