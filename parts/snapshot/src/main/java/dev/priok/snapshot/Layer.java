package dev.priok.snapshot;

import dev.priok.core.Digest;
import dev.priok.oci.image.ChainId;
import java.nio.file.Path;

/**
 * An unpacked layer on top of its parent; it never changes.
 *
 * @param chainId names it together with everything below
 * @param parent what lies below
 * @param diffId digest of its uncompressed tar
 * @param size bytes of the files in it
 * @param inodes how many files, folders and other things are in it
 * @param tarSize bytes of its uncompressed tar
 * @param folder its files in overlay form; to be read by descriptors, never walked by string
 */
public record Layer(
        ChainId chainId, ChainId parent, Digest diffId, long size, long inodes, long tarSize, Path folder) {}
