package dev.priok.build.solve;

import dev.priok.build.ImageAnalysis;
import dev.priok.build.exchange.CacheExporter;
import dev.priok.build.exchange.ImportedCache;
import dev.priok.build.plan.BaseImage;
import dev.priok.build.plan.Chain;
import dev.priok.build.tree.Content;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.TargetDirectory;
import dev.priok.core.Digest;
import dev.priok.core.Failure;
import dev.priok.core.ImageReference;
import dev.priok.core.Platform;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.ChainId;
import dev.priok.oci.image.ImageConfig;
import dev.priok.oci.image.RootFs;
import dev.priok.snapshot.Mount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Images and layers in memory; counts what is open. */
final class MemoryStore implements LayerStore {
    final Map<ChainId, MemoryTree> layers = new ConcurrentHashMap<>();
    final Map<String, BaseImage> images = new HashMap<>();
    final Map<String, MemoryTree> drafts = new ConcurrentHashMap<>();
    final Set<Object> open = ConcurrentHashMap.newKeySet();
    private int next;

    MemoryStore() {
        layers.put(ChainId.SCRATCH, MemoryTree.empty());
    }

    /** Stores a base image of one layer. */
    BaseImage base(String name, MemoryTree tree, ImageConfig config) {
        Digest diffId = Digest.sha256(tree.dump().getBytes(StandardCharsets.UTF_8));
        Chain chain = Chain.EMPTY.with(diffId);
        layers.put(chain.id(), tree);
        ImageConfig whole = config.withRootfs(RootFs.of(chain.diffIds()));
        BaseImage image = new BaseImage(Digest.sha256(OciJson.write(whole)), whole);
        images.put(name, image);
        return image;
    }

    MemoryTree tree(Digest image) {
        return images.values().stream()
                .filter(i -> i.id().equals(image))
                .map(i -> layers.get(i.chain().id()))
                .findFirst()
                .orElseThrow();
    }

    ImageConfig config(Digest image) {
        return images.values().stream()
                .filter(i -> i.id().equals(image))
                .findFirst()
                .orElseThrow()
                .config();
    }

    /** What a process of the fake executor sees. */
    MemoryTree mounted(List<Mount> mounts) {
        MemoryTree tree = drafts.get(mounts.getFirst().source());
        if (tree == null) {
            throw new IllegalStateException("not a draft: " + mounts);
        }
        return tree;
    }

    @Override
    public BaseImage resolve(String reference, Optional<Platform> platform, Pull pull) {
        BaseImage image = images.get(reference);
        if (image == null) {
            throw Failure.notFound("no such image: %s", reference);
        }
        return image;
    }

    @Override
    public ImageAnalysis analyze(String image) {
        throw Failure.notFound("no such image: %s", image);
    }

    @Override
    public synchronized boolean hold(Chain chain) {
        return layers.containsKey(chain.id());
    }

    @Override
    public synchronized boolean link(Digest diffId, Chain below) {
        MemoryTree alone = layers.get(Chain.EMPTY.with(diffId).id());
        MemoryTree under = layers.get(below.id());
        if (alone != null && under != null) {
            layers.computeIfAbsent(below.with(diffId).id(), _ -> under.with(alone));
        }
        return layers.containsKey(below.with(diffId).id());
    }

    @Override
    public synchronized boolean isHere(ChainId chain) {
        return layers.containsKey(chain);
    }

    @Override
    public void bring(Chain chain) {
        if (!hold(chain)) {
            throw new IllegalStateException("no layer " + chain.id());
        }
    }

    @Override
    public void fetchFrom(ImportedCache imported) {
        // Nothing is anywhere else.
    }

    @Override
    public CacheExporter.Blob blob(ChainId chain) {
        throw Failure.notFound("no blob of %s", chain);
    }

    @Override
    public boolean addTo(ImportedCache imported, String image) throws IOException {
        BaseImage found = images.get(image);
        if (found != null) {
            imported.addImage(OciJson.write(found.config()), List.of(), Optional.empty());
        }
        return found != null;
    }

    @Override
    public synchronized OpenTree open(Chain chain) {
        MemoryTree tree = layers.get(chain.id());
        if (tree == null) {
            throw new IllegalStateException("no layer " + chain.id());
        }
        Object token = new Object();
        open.add(token);
        return new OpenTree() {
            @Override
            public void close() {
                open.remove(token);
            }

            @Override
            public Optional<String> resolve(String path) throws IOException {
                return tree.resolve(path);
            }

            @Override
            public Node node(String realPath) throws IOException {
                return tree.node(realPath);
            }

            @Override
            public List<String> children(String realPath) throws IOException {
                return tree.children(realPath);
            }

            @Override
            public Content content(String realPath) throws IOException {
                return tree.content(realPath);
            }

            @Override
            public Digest contentDigest(String realPath) throws IOException {
                return tree.contentDigest(realPath);
            }
        };
    }

    @Override
    public synchronized Draft draft(Chain parent) {
        MemoryTree below = layers.get(parent.id());
        if (below == null) {
            throw new IllegalStateException("no layer " + parent.id());
        }
        String key = "draft-" + next++;
        MemoryTree tree = below.copy();
        drafts.put(key, tree);
        return new Draft() {
            private int opened;

            @Override
            public OpenTarget open() {
                opened++;
                return new OpenTarget() {
                    @Override
                    public void close() {
                        opened--;
                    }

                    @Override
                    public Optional<Node> find(String path) throws IOException {
                        return tree.find(path);
                    }

                    @Override
                    public String realPath(String path) throws IOException {
                        return tree.realPath(path);
                    }

                    @Override
                    public Optional<byte[]> read(String path, int limitBytes) throws IOException {
                        return tree.read(path, limitBytes);
                    }

                    @Override
                    public TargetDirectory directory(String path, Node template) throws IOException {
                        return tree.directory(path, template);
                    }

                    @Override
                    public void removeIfEmpty(String path) throws IOException {
                        tree.removeIfEmpty(path);
                    }
                };
            }

            @Override
            public List<Mount> mounts() {
                return List.of(new Mount("memory", key, List.of()));
            }

            @Override
            public Digest commit(OptionalLong latest) {
                if (opened > 0) {
                    throw new IllegalStateException("committed while open");
                }
                Digest diffId = Digest.sha256((below.dump() + "+" + tree.dump()).getBytes(StandardCharsets.UTF_8));
                layers.put(parent.with(diffId).id(), tree);
                drafts.remove(key);
                return diffId;
            }

            @Override
            public boolean commitAs(Digest diffId) {
                // Layers of memory are whole trees, and know nothing of what is below them.
                return false;
            }

            @Override
            public void close() {
                drafts.remove(key);
            }
        };
    }

    @Override
    public synchronized Digest create(byte[] bytes, List<ImageReference> tags, boolean notingTime) {
        BaseImage image =
                new BaseImage(Digest.sha256(bytes), OciJson.read(bytes, ImageConfig.class, "image configuration"));
        if (!layers.containsKey(image.chain().id())) {
            throw new IllegalStateException("image without layers");
        }
        images.put(image.id().toString(), image);
        tag(image.id(), tags);
        return image.id();
    }

    @Override
    public Digest load(OciLayout image, java.nio.file.Path scratch) {
        throw Failure.invalid("no images are taken in");
    }

    @Override
    public void tag(Digest image, List<ImageReference> tags) {
        BaseImage found = images.values().stream()
                .filter(i -> i.id().equals(image))
                .findFirst()
                .orElseThrow();
        tags.forEach(tag -> images.put(tag.familiar(), found));
    }

    @Override
    public void close() {}
}
