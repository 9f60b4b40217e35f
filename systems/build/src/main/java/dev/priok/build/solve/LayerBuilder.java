package dev.priok.build.solve;

import dev.priok.build.BuildCache;
import dev.priok.build.BuildEvent;
import dev.priok.build.BuildExtras.Entitlement;
import dev.priok.build.BuildHistory;
import dev.priok.build.BuildObserver;
import dev.priok.build.BuildRequest;
import dev.priok.build.BuildStatus;
import dev.priok.build.Builder;
import dev.priok.build.BuilderParts;
import dev.priok.build.CheckReport;
import dev.priok.build.ContextClient;
import dev.priok.build.Executor;
import dev.priok.build.ImageAnalysis;
import dev.priok.build.Secret;
import dev.priok.build.check.DockerfileCheck;
import dev.priok.build.context.AgentCalls;
import dev.priok.build.context.FilePool;
import dev.priok.build.context.SpooledTree;
import dev.priok.build.context.TarSpooler;
import dev.priok.build.dockerfile.Dockerfile;
import dev.priok.build.dockerfile.DockerfileParser;
import dev.priok.build.exchange.CacheExporter;
import dev.priok.build.exchange.CachedStep;
import dev.priok.build.exchange.ImportedCache;
import dev.priok.build.ignore.IgnoreRules;
import dev.priok.build.plan.BuildPlan;
import dev.priok.build.plan.PlanRequest;
import dev.priok.build.plan.Planner;
import dev.priok.build.tree.Content;
import dev.priok.build.tree.PathResolver;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ObjectId;
import dev.priok.core.Platform;
import dev.priok.distribution.Registries;
import dev.priok.image.Image;
import dev.priok.image.ImageStore;
import dev.priok.image.Roots;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.ContainerDefaults;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.RootFs;
import dev.priok.snapshot.Snapshot;
import dev.priok.snapshot.Snapshotter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The builder: reads the context, plans, solves, and turns every failure into the last event. */
public final class LayerBuilder implements Builder {
    private static final Logger LOG = LoggerFactory.getLogger(LayerBuilder.class);

    private static final String SNAPSHOT_PREFIX = "build-";
    /** Of the disk the cache takes at most this part, within the bounds below. */
    private static final long DISK_SHARE = 5;

    private static final long SMALLEST_MAXIMUM = 1L << 30;
    private static final long LARGEST_MAXIMUM = 50L << 30;
    private static final String CONTEXT = "the build context";

    /** Of the cache's bytes, for files of contexts. */
    private static final long FILES_SHARE = 8;

    private static final String IGNORE_FILE = ".dockerignore";

    /** Far more than any ignore file; a larger one is a mistake. */
    private static final int MAXIMUM_IGNORE_BYTES = 4 << 20;

    private final Executor executor;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Path scratch;
    private final StepCache steps;
    private final BuildCache cache;
    private final CacheMounts caches;
    private final FilePool files;
    private final Slots slots = new Slots(Math.max(2, Runtime.getRuntime().availableProcessors()));
    private final Flights flights = new Flights();
    private final Optional<Registries> registries;
    private final Supplier<LayerStore> stores;
    private final Journals journals;
    private final StepTraces traces;
    private final long maximumCacheBytes;
    private final ReentrantLock shrinking = new ReentrantLock();

    /**
     * Makes a builder.
     *
     * @param root directory of its own
     * @param cache the same as {@code steps}, as others see it
     * @param journals keeps what builds write
     * @param traces keeps what steps were done on
     * @param maximumCacheBytes most that the cache may take beside images
     * @param registries where caches of others are
     * @param stores one for each build
     */
    LayerBuilder(
            Executor executor,
            InstantSource clock,
            RandomGenerator random,
            Path root,
            StepCache steps,
            BuildCache cache,
            Journals journals,
            StepTraces traces,
            long maximumCacheBytes,
            Optional<Registries> registries,
            Supplier<LayerStore> stores)
            throws IOException {
        this.executor = executor;
        this.clock = clock;
        this.random = random;
        this.scratch = root.resolve("scratch");
        this.steps = steps;
        this.caches = new CacheMounts(root.resolve("cache-mounts"), clock);
        this.files = new FilePool(root.resolve("files"), Math.max(1, maximumCacheBytes / FILES_SHARE), clock);
        this.cache = new WholeCache(cache, caches);
        this.maximumCacheBytes = maximumCacheBytes;
        this.registries = registries;
        this.stores = stores;
        this.journals = journals;
        this.traces = traces;
        // Whatever a killed daemon left here belongs to no build any more.
        Scratch.delete(scratch);
        Files.createDirectories(scratch);
    }

    /**
     * Opens the builder over the daemon's images and layers.
     *
     * @throws IOException when its directory cannot be made or cleaned
     */
    public static LayerBuilder open(BuilderParts parts) throws IOException {
        DatabaseCache cache =
                new DatabaseCache(parts.database(), parts.clock(), collector(parts.images(), parts.snapshots()));
        parts.images().addRoots(() -> new Roots(Set.of(), cache.chains()));
        // A snapshot of a build that a killed daemon did not end would stay for ever.
        for (Snapshot snapshot : parts.snapshots().snapshots()) {
            if (snapshot.key().startsWith(SNAPSHOT_PREFIX)) {
                parts.snapshots().remove(snapshot.key());
            }
        }
        return new LayerBuilder(
                parts.executor(),
                parts.clock(),
                parts.random(),
                parts.root(),
                cache,
                cache,
                new Journals(parts.database(), parts.root().resolve("logs"), parts.clock(), parts.random()),
                new StepTraces(parts.database(), parts.clock()),
                parts.maximumCacheBytes() > 0 ? parts.maximumCacheBytes() : defaultMaximum(parts.root()),
                parts.registries(),
                () -> new PartsStore(
                        parts.images(),
                        parts.source(),
                        parts.snapshots(),
                        parts.content(),
                        parts.leases().open(),
                        parts.built(),
                        () -> SNAPSHOT_PREFIX + ObjectId.random(parts.random()).shortForm()));
    }

    private static DatabaseCache.Collector collector(ImageStore images, Snapshotter snapshots) {
        return new DatabaseCache.Collector() {
            @Override
            public long collect() throws IOException {
                return images.collect().bytes();
            }

            @Override
            public Map<ChainId, Long> sizes() {
                Map<ChainId, Long> sizes = new HashMap<>();
                snapshots.layers().forEach(layer -> sizes.put(layer.chainId(), layer.size()));
                return sizes;
            }

            @Override
            public Set<ChainId> chainsOfImages() {
                Set<ChainId> chains = new HashSet<>();
                for (Image image : images.list()) {
                    chains.addAll(ChainId.prefixes(image.config().rootfs().parsedDiffIds()));
                }
                return chains;
            }
        };
    }

    @Override
    public BuildCache cache() {
        return cache;
    }

    @Override
    public BuildHistory history() {
        return journals;
    }

    @Override
    public ImageAnalysis analyze(String image) throws IOException {
        try (LayerStore store = stores.get()) {
            return store.analyze(image);
        }
    }

    @Override
    public CheckReport check(BuildRequest request) throws IOException {
        Path directory = Files.createTempDirectory(scratch, "check-");
        try (LayerStore store = stores.get();
                SpooledTree context = request.extras().remote().isEmpty()
                        ? TarSpooler.read(request.context(), CONTEXT, directory, false)
                        : RemoteContext.fetch(request, SshAgents.NONE, directory)) {
            String name = dockerfileName(context, request.dockerfile());
            return DockerfileCheck.check(
                    name,
                    read(context, name, DockerfileParser.MAXIMUM_BYTES),
                    ignoreRules(context, name),
                    request.buildArgs(),
                    request.platform().orElseGet(Platform::current),
                    reference -> base(store, reference));
        } finally {
            Scratch.delete(directory);
        }
    }

    private static Pull pull(BuildRequest request, PullReports reports) {
        return new Pull(
                request.pull() ? Pull.When.ALWAYS : Pull.When.MISSING,
                request.extras().credentials(),
                reports,
                request.cancel());
    }

    private static Optional<DockerfileCheck.Base> base(LayerStore store, String reference) {
        try {
            ImageConfig config =
                    store.resolve(reference, Optional.empty(), Pull.NEVER).config();
            List<String> names =
                    config.config().env().stream().map(e -> e.split("=", 2)[0]).toList();
            return Optional.of(new DockerfileCheck.Base(names, config.platform()));
        } catch (Failure _) {
            return Optional.empty();
        }
    }

    @Override
    public BuildEvent.Ended build(BuildRequest request, Consumer<BuildEvent> events) {
        Listener listener = new Listener(events);
        BuildEvent.Ended end;
        try (Journal journal = journals.begin(request)) {
            BuildObserver asked = request.extras().observer();
            BuildObserver both = status -> {
                journal.happened(status);
                asked.happened(status);
            };
            end = tryToBuild(request.withObserver(both), listener);
            journals.end(journal, end);
        } catch (Failure e) {
            end = new BuildEvent.Failed(e.kind(), e.message(), 1);
        } catch (IOException e) {
            LOG.warn("the log of a build cannot be written", e);
            end = new BuildEvent.Failed(Failure.Kind.INTERNAL, "the log of the build cannot be written: " + e, 1);
        }
        listener.end(end);
        Thread.ofVirtual().name("build-cache-limit").start(this::keepLimit);
        return end;
    }

    private static long defaultMaximum(Path root) throws IOException {
        Path there = Files.createDirectories(root);
        return Math.clamp(Files.getFileStore(there).getTotalSpace() / DISK_SHARE, SMALLEST_MAXIMUM, LARGEST_MAXIMUM);
    }

    /** Forgets the oldest results when they take more than they may; another build's end that does so already is enough. */
    private void keepLimit() {
        if (shrinking.tryLock()) {
            try {
                BuildCache.Pruned pruned = cache.shrink(_ -> true, maximumCacheBytes);
                if (!pruned.keys().isEmpty()) {
                    LOG.info(
                            "the build cache was above {} bytes: {} results are forgotten",
                            maximumCacheBytes,
                            pruned.keys().size());
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("the build cache cannot be kept below {} bytes", maximumCacheBytes, e);
            } finally {
                shrinking.unlock();
            }
        }
    }

    private BuildEvent.Ended tryToBuild(BuildRequest request, Listener listener) {
        BuildEvent.Ended end;
        try (LayerStore store = stores.get()) {
            Path directory = Files.createTempDirectory(scratch, "build-");
            try {
                end = build(request, store, directory, listener);
            } finally {
                Scratch.delete(directory);
            }
        } catch (StepFailure e) {
            end = new BuildEvent.Failed(Failure.Kind.INVALID, String.valueOf(e.getMessage()), e.exitCode());
        } catch (Failure e) {
            end = new BuildEvent.Failed(e.kind(), e.message(), 1);
        } catch (CancellationException e) {
            end = new BuildEvent.Failed(Failure.Kind.CONFLICT, "build cancelled", 1);
        } catch (IOException | RuntimeException e) {
            LOG.warn("a build failed", e);
            end = new BuildEvent.Failed(Failure.Kind.INTERNAL, String.valueOf(e.getMessage()), 1);
        }
        return end;
    }

    private BuildEvent.Ended build(BuildRequest request, LayerStore store, Path directory, Listener events)
            throws IOException, StepFailure {
        Solved solved;
        try {
            solved = solveWhatWasSent(request, store, directory, events);
        } catch (StepFailure e) {
            if (e.kept().isPresent()) {
                events.accept(new BuildEvent.FailureKept(keep(store, e.kept().get())));
            }
            throw e;
        }
        // The context is gone by now: making the image durable would write it to the disk too.
        request.cancel().check();
        Exchange exchange = new Exchange(registries, clock, request, store);
        Digest image = finish(store, request, solved, exchange.isInline());
        exchange.write(solved.done(), solved.result().chain());
        return new BuildEvent.Done(image, request.tags());
    }

    private Solved solveWhatWasSent(BuildRequest request, LayerStore store, Path directory, Listener events)
            throws IOException, StepFailure {
        boolean isRemote = !request.extras().remote().isEmpty();
        Optional<ContextClient> client = request.extras().client();
        if (isRemote && client.isEmpty()) {
            try (SpooledTree context = RemoteContext.fetch(request, SshAgents.NONE, directory)) {
                return solve(request, store, directory, context, Map.of(), SshAgents.NONE, events);
            }
        }
        AgentCalls calls = client.map(AgentCalls::new).orElse(AgentCalls.NOBODY);
        try (SpooledTree sent = sent(request, directory, calls)) {
            PackedInputs inputs = request.extras().packed() ? PackedInputs.take(sent) : PackedInputs.NONE;
            Map<String, Secret> secrets = new HashMap<>(request.secrets());
            secrets.putAll(inputs.secrets());
            BuildRequest whole = request.withSecrets(secrets);
            SshAgents agents = agents(inputs, calls, directory);
            if (!isRemote) {
                return solve(whole, store, directory, sent, inputs.contexts(), agents, events);
            }
            try (SpooledTree context = RemoteContext.fetch(whole, agents, directory)) {
                return solve(whole, store, directory, context, inputs.contexts(), agents, events);
            }
        }
    }

    /** What the client sends: the context, or what goes with one that is elsewhere. */
    private SpooledTree sent(BuildRequest request, Path directory, AgentCalls calls) throws IOException {
        Optional<ContextClient> client = request.extras().client();
        return client.isEmpty()
                ? TarSpooler.read(request.context(), CONTEXT, directory, false)
                : TarSpooler.readAsked(request.context(), CONTEXT, directory, files, client.get(), calls);
    }

    private static SshAgents agents(PackedInputs inputs, AgentCalls calls, Path directory) throws IOException {
        Optional<Path> knownHosts = Optional.empty();
        if (inputs.knownHosts().isPresent()) {
            knownHosts = Optional.of(Files.write(
                    directory.resolve("known_hosts"), inputs.knownHosts().get()));
        }
        // Those of a request that came without a client to ask are nobody's.
        return new SshAgents(calls == AgentCalls.NOBODY ? Set.of() : inputs.agents(), calls, knownHosts);
    }

    /** Makes an image of what a failed command left, which starts where the command was. */
    private static Digest keep(LayerStore store, StepFailure.Kept kept) throws IOException {
        List<String> env = new ArrayList<>();
        kept.run().env().forEach((name, value) -> env.add(name + "=" + value));
        ImageConfig config = ImageConfig.empty(Platform.current())
                .withConfig(ContainerDefaults.NONE
                        .withEnv(env)
                        .withUser(kept.run().user())
                        .withWorkingDir(kept.run().workingDirectory())
                        .withCmd(List.of("/bin/sh")))
                .withRootfs(RootFs.of(kept.chain().diffIds()));
        return store.create(OciJson.write(config), List.of(), true);
    }

    private record Solved(BuildPlan plan, Result result, List<CachedStep> done) {}

    private Solved solve(
            BuildRequest request,
            LayerStore store,
            Path directory,
            SpooledTree context,
            Map<String, ContextFiles> sent,
            SshAgents agents,
            Listener events)
            throws IOException, StepFailure {
        try (NamedContexts named = NamedContexts.of(request, sent, agents, store, directory)) {
            return solve(request, store, directory, context, named, agents, events);
        }
    }

    private Solved solve(
            BuildRequest request,
            LayerStore store,
            Path directory,
            SpooledTree context,
            NamedContexts named,
            SshAgents agents,
            Listener events)
            throws IOException, StepFailure {
        String name = dockerfileName(context, request.dockerfile());
        Dockerfile dockerfile = DockerfileParser.parse(name, read(context, name, DockerfileParser.MAXIMUM_BYTES));
        IgnoreRules ignored = ignoreRules(context, name);
        context.remove(ignored);
        PullReports pulls = new PullReports(events, request.extras().observer(), clock);
        BuildPlan plan = Planner.plan(
                dockerfile,
                new PlanRequest(
                        request.target(),
                        request.buildArgs(),
                        request.labels(),
                        request.platform(),
                        request.run().networkMode().equals("host")
                                || request.extras().allowed().contains(Entitlement.NETWORK_HOST),
                        request.extras().allowed().contains(Entitlement.SECURITY_INSECURE),
                        named.images(),
                        named.files().keySet()),
                (reference, platform) -> store.resolve(reference, platform, pull(request, pulls)));
        pulls.close();
        Map<String, ContextFiles> contexts = new HashMap<>(named.files());
        contexts.put("", new ContextFiles(context, ignored));
        ImportedCache imported = new Exchange(registries, clock, request, store).read();
        Solved solved;
        try {
            solved = solve(request, store, directory, contexts, agents, plan, imported, events);
        } catch (LayerImport.Lost e) {
            request.extras()
                    .observer()
                    .happened(new BuildStatus.Warning("building without imported caches: " + e.getMessage()));
            solved = solve(request, store, directory, contexts, agents, plan, new ImportedCache(), events);
        }
        plan.warnings().forEach(warning -> {
            events.accept(new BuildEvent.Warning(warning));
            request.extras().observer().happened(new BuildStatus.Warning(warning));
        });
        return solved;
    }

    private Solved solve(
            BuildRequest request,
            LayerStore store,
            Path directory,
            Map<String, ContextFiles> contexts,
            SshAgents agents,
            BuildPlan plan,
            ImportedCache imported,
            Listener events)
            throws IOException, StepFailure {
        store.fetchFrom(imported);
        ImportingCache known = new ImportingCache(steps, imported);
        BuildRun run = new BuildRun(
                request, store, known, executor, contexts, agents, directory, caches, slots, flights, events, clock,
                random);
        Solver solver = new Solver(run, plan, traces);
        Result result = solver.solve();
        store.bring(result.chain());
        known.keep(chain -> store.isHere(ChainId.of(chain)));
        return new Solved(plan, result, solver.done());
    }

    /** Makes the image, unless the result is an image that is here already. */
    private static Digest finish(LayerStore store, BuildRequest request, Solved solved, boolean isInline)
            throws IOException {
        Result result = solved.result();
        boolean exists = solved.plan().steps().stream()
                .flatMap(step -> step.base().stream())
                .anyMatch(base -> base.id().equals(result.imageId()));
        if (exists) {
            store.tag(result.imageId(), request.tags());
            return result.imageId();
        }
        byte[] config = OciJson.write(result.config());
        return store.create(
                isInline
                        ? CacheExporter.inline(
                                config,
                                CacheExporter.within(
                                        solved.done(), result.chain().diffIds()),
                                request.extras().keepTimes())
                        : config,
                request.tags(),
                !request.extras().keepTimes());
    }

    private static String dockerfileName(SpooledTree context, String asked) throws IOException {
        String name = PathResolver.clean(asked.isEmpty() ? BuildRequest.DEFAULT_DOCKERFILE : asked);
        if (context.resolve(name).isPresent()) {
            return name;
        }
        if (name.equals(BuildRequest.DEFAULT_DOCKERFILE)
                && context.resolve("dockerfile").isPresent()) {
            return "dockerfile";
        }
        throw Failure.invalid("Cannot locate specified Dockerfile: %s", name);
    }

    private static IgnoreRules ignoreRules(SpooledTree context, String dockerfile) throws IOException {
        for (String name : new String[] {dockerfile + IGNORE_FILE, IGNORE_FILE}) {
            if (context.resolve(name).isPresent()) {
                byte[] bytes = read(context, name, MAXIMUM_IGNORE_BYTES);
                return IgnoreRules.parse(new String(bytes, StandardCharsets.UTF_8));
            }
        }
        return IgnoreRules.NONE;
    }

    private static byte[] read(SpooledTree context, String path, int limit) throws IOException {
        Optional<String> real = context.resolve(path);
        if (real.isEmpty() || !context.node(real.get()).isRegular()) {
            throw Failure.invalid("%s is not a file", path);
        }
        try (Content content = context.content(real.get());
                InputStream in = ContentStream.of(content)) {
            if (content.size() > limit) {
                throw Failure.invalid("%s is larger than %d bytes", path, limit);
            }
            return in.readAllBytes();
        }
    }

    /** Hands events on, one at a time; once the listener has thrown it hears nothing more. */
    private static final class Listener implements Consumer<BuildEvent> {
        private final Consumer<BuildEvent> events;
        private boolean gone;

        Listener(Consumer<BuildEvent> events) {
            this.events = events;
        }

        @Override
        public synchronized void accept(BuildEvent event) {
            if (gone) {
                return;
            }
            try {
                events.accept(event);
            } catch (RuntimeException e) {
                gone = true;
                CancellationException cancelled = new CancellationException("nobody listens to the build any more");
                cancelled.initCause(e);
                throw cancelled;
            }
        }

        void end(BuildEvent.Ended event) {
            try {
                accept(event);
            } catch (CancellationException e) {
                LOG.debug("the end of a build was not heard", e);
            }
        }
    }
}
