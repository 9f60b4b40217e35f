package dev.priok.distribution;

import dev.priok.core.Digest;
import dev.priok.oci.OciJson;
import dev.priok.oci.image.Descriptor;
import dev.priok.oci.image.Index;
import dev.priok.oci.image.Manifest;

/**
 * A manifest or an index as a registry keeps it, to the byte.
 *
 * @param mediaType what it is
 * @param digest its content address, checked
 * @param bytes the document
 */
@SuppressWarnings("ArrayRecordComponent") // handed over whole, never compared
public record ManifestBlob(String mediaType, Digest digest, byte[] bytes) {
    public Descriptor descriptor() {
        return new Descriptor(mediaType, digest, bytes.length);
    }

    /** The document as an index. */
    public Index index() {
        return OciJson.read(bytes, Index.class, "index " + digest);
    }

    /** The document as a manifest. */
    public Manifest manifest() {
        return OciJson.read(bytes, Manifest.class, "manifest " + digest);
    }
}
