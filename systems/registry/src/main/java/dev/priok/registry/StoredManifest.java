package dev.priok.registry;

import dev.priok.core.Digest;

/**
 * A manifest as it was pushed, byte for byte.
 *
 * @param digest by which it is known here: the one it was pushed under, else its SHA-256
 * @param mediaType of the document
 * @param bytes the document; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and copied nowhere because it is served as it is
public record StoredManifest(Digest digest, String mediaType, byte[] bytes) {}
