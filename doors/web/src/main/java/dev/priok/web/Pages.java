package dev.priok.web;

import dev.priok.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of the pages, in memory. */
public final class Pages {
    /** With every file: only what this server serves runs, and no other page frames it. */
    public static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final List<String> FILES =
            List.of("index.html", "style.css", "app.js", "api.js", "format.js", "repositories.js", "repository.js");

    private static final Map<String, Page> PAGES = load();

    private Pages() {}

    /**
     * One file.
     *
     * @param contentType with its character set
     * @param tag changes when the bytes do
     * @param bytes not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // served as it is, never compared
    public record Page(String contentType, String tag, byte[] bytes) {}

    /** The file of that name; the empty name is the first page. */
    public static Optional<Page> find(String name) {
        return Optional.ofNullable(PAGES.get(name.isEmpty() ? "index.html" : name));
    }

    private static Map<String, Page> load() {
        Map<String, Page> pages = new HashMap<>();
        for (String name : FILES) {
            try (InputStream in = Pages.class.getResourceAsStream("page/" + name)) {
                if (in == null) {
                    throw new IllegalStateException("the page lacks " + name);
                }
                byte[] bytes = in.readAllBytes();
                pages.put(name, new Page(type(name), Digest.sha256(bytes).shortHex(), bytes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Map.copyOf(pages);
    }

    private static String type(String name) {
        if (name.endsWith(".js")) {
            return "text/javascript; charset=utf-8";
        }
        return name.endsWith(".css") ? "text/css; charset=utf-8" : "text/html; charset=utf-8";
    }
}
