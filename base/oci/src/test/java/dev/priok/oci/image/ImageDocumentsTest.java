package dev.priok.oci.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.priok.core.Digest;
import dev.priok.core.Platform;
import dev.priok.oci.OciJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageDocumentsTest {
    private static final Digest A = Digest.sha256("a".getBytes(StandardCharsets.UTF_8));
    private static final Digest B = Digest.sha256("b".getBytes(StandardCharsets.UTF_8));

    private static String json(Object document) {
        return new String(OciJson.write(document), StandardCharsets.UTF_8);
    }

    @Test
    void write_manifest_keepsOrderAndLeavesOutWhatIsEmpty() {
        Manifest manifest = Manifest.oci(
                new Descriptor(MediaTypes.OCI_CONFIG, A, 7), List.of(new Descriptor(MediaTypes.OCI_LAYER, B, 0)));
        assertEquals(
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":"
                        + "\"application/vnd.oci.image.config.v1+json\",\"digest\":\"" + A
                        + "\",\"size\":7},\"layers\":[{"
                        + "\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"" + B
                        + "\",\"size\":0}]}",
                json(manifest));
        assertEquals(manifest, OciJson.read(OciJson.write(manifest), Manifest.class, "manifest"));
    }

    @Test
    void read_dockersConfig_keepsItsExtraFields() {
        String text =
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"created\":\"2024-05-06T07:08:09.123456789Z\",\"container\":\"x\","
                        + "\"config\":{\"Env\":[\"A=b\"],\"Cmd\":null,\"Entrypoint\":[\"/e\"],\"Healthcheck\":{\"Test\":[\"CMD\",\"t\"],"
                        + "\"Interval\":5},\"OnBuild\":[\"RUN x\"],\"Shell\":[\"/bin/bash\"],\"StopSignal\":\"SIGINT\",\"Volumes\":{\"/v\":{}},"
                        + "\"ExposedPorts\":{\"80/tcp\":{}},\"ArgsEscaped\":true,\"StopTimeout\":3},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                        + A + "\"]},\"history\":[{\"created_by\":\"x\",\"empty_layer\":true}]}";
        ImageConfig image = OciJson.read(text.getBytes(StandardCharsets.UTF_8), ImageConfig.class, "config");
        ContainerDefaults config = image.config();
        assertEquals(
                Instant.parse("2024-05-06T07:08:09.123456789Z"),
                image.createdAt().orElseThrow());
        assertEquals(List.of(), config.cmd());
        assertEquals(5, config.healthcheck().interval());
        assertEquals(List.of("RUN x"), config.onBuild());
        assertEquals(List.of("/bin/bash"), config.shell());
        assertEquals(3, config.stopTimeout());
        assertTrue(config.argsEscaped());
        assertEquals(Map.of("/v", ContainerDefaults.Empty.VALUE), config.volumes());
        assertTrue(image.history().getFirst().emptyLayer());
        assertTrue(json(image).contains("\"Volumes\":{\"/v\":{}}"), json(image));
        assertEquals(image, OciJson.read(OciJson.write(image), ImageConfig.class, "config"));
    }

    @Test
    void write_emptyConfig_hasWhatTheSpecificationRequires() {
        assertEquals(
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}",
                json(ImageConfig.empty(new Platform("linux", "amd64", ""))).replace("\"config\":{},", ""));
    }

    @Test
    void write_labelWithoutAValue_isKept() {
        ContainerDefaults labelled = ContainerDefaults.NONE.withLabels(Map.of("empty", ""));
        assertEquals(
                labelled.labels(),
                OciJson.read(OciJson.write(labelled), ContainerDefaults.class, "config")
                        .labels());
    }

    @Test
    void chainId_layers_followTheSpecification() {
        assertEquals(ChainId.of(A), ChainId.of(List.of(A)));
        Digest both = Digest.sha256((A + " " + B).getBytes(StandardCharsets.UTF_8));
        assertEquals(ChainId.of(both), ChainId.of(List.of(A, B)));
        assertEquals(List.of(ChainId.of(A), ChainId.of(both)), ChainId.prefixes(List.of(A, B)));
        assertTrue(ChainId.of(List.of()).isScratch());
    }

    @Test
    void forPlatform_severalManifests_choosesTheOneThatFits() {
        Platform amd = new Platform("linux", "amd64", "");
        Platform arm = new Platform("linux", "arm64", "v8");
        Index index = Index.oci(List.of(
                Index.Entry.of(new Descriptor(MediaTypes.OCI_MANIFEST, A, 1), arm, Map.of()),
                Index.Entry.of(new Descriptor(MediaTypes.OCI_MANIFEST, B, 1), amd, Map.of())));
        Index read = OciJson.read(OciJson.write(index), Index.class, "index");
        assertEquals(B.toString(), read.forPlatform(amd).orElseThrow().digest());
        assertEquals(
                A.toString(),
                read.forPlatform(new Platform("linux", "arm64", ""))
                        .orElseThrow()
                        .digest());
        assertTrue(read.forPlatform(new Platform("linux", "riscv64", "")).isEmpty());
    }
}
