package dev.priok.build.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathResolverTest {
    private static final Map<String, String> TREE = Map.of(
            "etc",
            "/",
            "etc/conf",
            "file",
            "etc/link",
            "conf",
            "up",
            "../../etc",
            "abs",
            "/etc/../etc/link",
            "loop",
            "loop",
            "gone",
            "/made/../new/dir",
            "etc/self",
            ".");

    private static Optional<Node> find(String path) {
        String what = path.isEmpty() ? "/" : TREE.get(path);
        if (what == null) {
            return Optional.empty();
        }
        return Optional.of(
                switch (what) {
                    case "file" -> Node.file(0644, 1, 0);
                    case "/" -> Node.directory(0755, 0);
                    default -> new Node(Node.Type.SYMBOLIC_LINK, 0777, 0, 0, 0, what, 0, 0, 0, 0, Map.of(), 0);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "etc/conf, etc/conf, etc/conf",
        "/etc//./conf, etc/conf, etc/conf",
        "../../etc/../etc/link, etc/conf, etc/conf",
        "up/link, etc/conf, etc/conf",
        "abs, etc/conf, etc/conf",
        "etc/self/self/conf, etc/conf, etc/conf",
        "loop, -, -",
        "etc/conf/x, -, etc/conf/x",
        "none/x, -, none/x",
        "gone/x, -, new/dir/x",
        "none/../etc/link, -, etc/conf"
    })
    void resolve_followsLinksInside(String path, String real, String made) throws IOException {
        assertEquals(real, PathResolver.resolve(path, PathResolverTest::find).orElse("-"));
        assertEquals(made, PathResolver.resolveNew(path, PathResolverTest::find).orElse("-"));
    }

    @Test
    void clean_neverGoesAboveTheRoot() {
        assertEquals("a/c", PathResolver.clean("../../a/./b/..//c/"));
        assertEquals("", PathResolver.clean("/.."));
    }
}
