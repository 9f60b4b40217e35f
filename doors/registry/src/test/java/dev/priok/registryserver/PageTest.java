package dev.priok.registryserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.priok.content.Blob;
import dev.priok.core.Digest;
import dev.priok.registry.RepositoryName;
import dev.priok.registry.Retention;
import dev.priok.registry.RetentionRule;
import dev.priok.registry.access.AccessControl;
import dev.priok.registry.access.Action;
import dev.priok.registry.access.LoginGuard;
import dev.priok.registry.access.Policy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser. */
class PageTest {
    private static final int REPOSITORIES = 10_000;

    @TempDir
    Path folder;

    @BeforeAll
    static void assumeBrowser() {
        boolean there = Files.isExecutable(Browser.program());
        if (!there) {
            System.out.println("the page: chromium is not installed: left out (apt-get install chromium)");
        }
        assumeTrue(there, "chromium is not installed");
    }

    private static final String ROWS = "document.querySelectorAll('tbody tr').length";

    private static String text(String selector) {
        return "[...document.querySelectorAll('" + selector + "')].map(e => e.textContent).join('|')";
    }

    @Test
    void tenThousandRepositories_areSearchedAndShownAPageAtATime() throws Exception {
        try (TestRegistry test = TestRegistry.open(folder.resolve("registry"));
                Browser browser = new Browser(folder.resolve("browser"))) {
            test.push("zoo/last", "v1", new byte[100]);
            Blob blob = new Blob(Digest.sha256(new byte[100]), 100);
            for (int i = 0; i < REPOSITORIES; i++) {
                test.registry().catalog().link(new RepositoryName("team%d/app%05d".formatted(i % 10, i)), blob);
            }
            long start = System.nanoTime();
            browser.open("http://" + test.address() + "/ui/");
            browser.await(ROWS + " === 50");
            long shown = System.nanoTime() - start;
            assertTrue(shown < 20_000_000_000L, "the first page took " + shown / 1_000_000 + " ms");
            browser.await("document.getElementById('totals').textContent.includes('10,001 repositories')");
            browser.evaluate("document.querySelector('button.more').click()");
            browser.await(ROWS + " === 100");
            browser.evaluate("(() => { const s = document.querySelector('input[type=search]'); s.value = 'app09999';"
                    + " s.dispatchEvent(new Event('input')); })()");
            browser.await(ROWS + " === 1");
            assertEquals("team9/app09999", browser.evaluate(text("tbody a")));
            assertTrue(browser.evaluate("location.hash").endsWith("?app09999"));
            browser.open("http://" + test.address() + "/ui/#/?zoo");
            browser.evaluate("location.reload()");
            browser.await(text("tbody a") + " === 'zoo/last'");
        }
    }

    @Test
    void image_showsPlatformsLayersHistoryAndReferrers_andIsDeleted() throws Exception {
        try (TestRegistry test = TestRegistry.open(folder.resolve("registry"));
                Browser browser = new Browser(folder.resolve("browser"))) {
            Digest config = test.upload("team/app", """
                    {"architecture":"arm64","os":"linux","created":"2026-01-01T00:00:00Z","rootfs":{"type":"layers","diff_ids":[]},\
                    "history":[{"created":"2026-01-01T00:00:00Z","created_by":"RUN <b>make</b> all"}]}""".getBytes(StandardCharsets.UTF_8));
            Digest layer = test.upload("team/app", new byte[123_456]);
            Digest image = put(
                    test,
                    "image",
                    """
                    {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},\
                    "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":123456}]}""".formatted(
                                    TestRegistry.MANIFEST,
                                    config,
                                    test.registry().blob(new RepositoryName("team/app"), config),
                                    layer),
                    TestRegistry.MANIFEST);
            put(test, "multi", """
                    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"%s","digest":"%s","size":400,\
                    "platform":{"os":"linux","architecture":"arm64"}}]}""".formatted(TestRegistry.MANIFEST, image), "application/vnd.oci.image.index.v1+json");
            test.upload("team/app", "{}".getBytes(StandardCharsets.UTF_8));
            put(
                    test,
                    "signature",
                    """
                    {"schemaVersion":2,"mediaType":"%s","artifactType":"application/vnd.test.signature",\
                    "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},"layers":[],\
                    "subject":{"mediaType":"%s","digest":"%s","size":400}}""".formatted(
                                    TestRegistry.MANIFEST,
                                    Digest.sha256("{}".getBytes(StandardCharsets.UTF_8)),
                                    TestRegistry.MANIFEST,
                                    image),
                    TestRegistry.MANIFEST);
            browser.open("http://" + test.address() + "/ui/#/team/app:multi");
            browser.await(text("td") + ".includes('linux/arm64')");
            browser.evaluate("document.querySelector('td a').click()");
            browser.await(text("h2") + " === 'Layers|History|Referrers'");
            String shown = browser.evaluate("document.body.innerText");
            assertTrue(shown.contains("RUN <b>make</b> all"), shown);
            assertTrue(shown.contains("123 kB") && shown.contains("application/vnd.test.signature"), shown);
            browser.open("http://" + test.address() + "/ui/#/team/app:image");
            browser.await("document.querySelector('button.bad')?.textContent === 'Delete tag'");
            browser.evaluate("document.querySelector('button.bad').click()");
            assertEquals("Really delete?", browser.evaluate("document.querySelector('button.bad').textContent"));
            assertEquals(200, test.get("/v2/team/app/manifests/image").statusCode());
            browser.evaluate("document.querySelector('button.bad').click()");
            browser.await("location.hash === '#/team/app' && " + ROWS + " === 2");
            assertEquals(404, test.get("/v2/team/app/manifests/image").statusCode());
        }
    }

    private static Digest put(TestRegistry test, String tag, String manifest, String type) throws Exception {
        byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
        var answer = test.call("PUT", "/v2/team/app/manifests/" + tag, bytes, "Content-Type", type);
        assertEquals(201, answer.statusCode(), TestRegistry.text(answer));
        return Digest.sha256(bytes);
    }

    @Test
    void whoMayNotDelete_seesNoButton_andWhatTheRulesRemoveIsMarked() throws Exception {
        var pullAlone = new Policy(
                List.of(new Policy.Rule(List.of("**"), Set.of(), Set.of(), true, Set.of(Action.PULL, Action.PUSH))));
        var rule = new RetentionRule(
                List.of("**"), List.of(), OptionalInt.of(1), Optional.empty(), Optional.empty(), false);
        try (TestRegistry test = TestRegistry.open(
                        folder.resolve("registry"),
                        InstantSource.system(),
                        alone -> new ServedRegistry(
                                alone.registry(),
                                new AccessControl(
                                        pullAlone,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        false,
                                        _ -> Set.of(),
                                        new LoginGuard(InstantSource.system())),
                                false,
                                Optional.empty(),
                                alone.limits(),
                                Optional.empty(),
                                Optional.empty(),
                                new Retention(alone.registry().catalog(), List.of(rule), InstantSource.system()),
                                Optional.empty(),
                                Optional.empty()));
                Browser browser = new Browser(folder.resolve("browser"))) {
            test.push("team/app", "old", new byte[10]);
            Thread.sleep(5);
            test.push("team/app", "new", new byte[20]);
            browser.open("http://" + test.address() + "/ui/#/team/app");
            browser.await(ROWS + " === 2");
            assertEquals("new|oldremoved next", browser.evaluate(text("tbody td:first-child")));
            browser.open("http://" + test.address() + "/ui/#/team/app:new");
            browser.await(text("h2") + ".includes('Layers')");
            assertEquals("0", browser.evaluate("document.querySelectorAll('button.bad').length"));
        }
    }
}
