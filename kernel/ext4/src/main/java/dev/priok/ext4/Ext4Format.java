package dev.priok.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * An empty ext4 file system with a journal, as the few blocks of it that are not zero: the rest of the file may be a hole. There is
 * no {@code lost+found}, so that the root is empty, as programs expect of a new volume.
 *
 * <p>Only the first group has a superblock and descriptors (sparse_super2 without backups), and the bitmaps of those in the middle are
 * left for the kernel to make when it first needs them (uninit_bg): a file system of a terabyte is written in a few hundred kilobytes.
 *
 * @see <a href="https://docs.kernel.org/filesystems/ext4/index.html">ext4 data structures</a>
 */
final class Ext4Format {
    static final int BLOCK_BYTES = 4096;

    /** One bitmap block has a bit for each. */
    private static final int BLOCKS_PER_GROUP = 8 * BLOCK_BYTES;

    /** One for 16 KiB, as mke2fs has it. */
    private static final int INODES_PER_GROUP = 8192;

    private static final int INODE_BYTES = 256;
    private static final int TABLE_BLOCKS = INODES_PER_GROUP * INODE_BYTES / BLOCK_BYTES;
    private static final int DESCRIPTOR_BYTES = 32;
    private static final int FIRST_FREE_INODE = 11;
    private static final int ROOT_INODE = 2;
    private static final int JOURNAL_INODE = 8;

    /** A group at the end with less than its own bitmaps and table is of no use. */
    private static final int LEAST_BLOCKS_OF_A_GROUP = TABLE_BLOCKS + 64;

    private static final long LEAST_BLOCKS = 4096;

    /** Group numbers and block numbers have 32 bits. */
    private static final long MOST_BLOCKS = 0xFFFF_FFFFL;

    private static final int HAS_JOURNAL = 4;
    private static final int EXTENDED_ATTRIBUTES = 8;
    private static final int DIRECTORY_INDEX = 0x20;
    private static final int SPARSE_SUPER_2 = 0x200;
    private static final int FILE_TYPE = 2;
    private static final int EXTENTS = 0x40;
    private static final int LARGE_FILE = 2;
    private static final int HUGE_FILE = 8;
    private static final int GROUP_CHECKSUMS = 0x10;
    private static final int MANY_LINKS = 0x20;
    private static final int EXTRA_INODE_SIZE = 0x40;

    private static final short INODES_UNUSED = 1;
    private static final short BLOCKS_UNUSED = 2;
    private static final short TABLE_ZEROED = 4;

    private final long blocks;
    private final int groups;
    private final int descriptorBlocks;
    private final int journalBlocks;
    private final byte[] uuid;
    private final int seconds;
    private final List<Piece> pieces = new ArrayList<>();

    /**
     * Bytes at a place in the file.
     *
     * @param offset in bytes
     */
    record Piece(long offset, ByteBuffer bytes) {}

    private Ext4Format(long bytes, UUID id, int seconds) {
        long whole = bytes / BLOCK_BYTES;
        long rest = whole % BLOCKS_PER_GROUP;
        blocks = rest < LEAST_BLOCKS_OF_A_GROUP && whole > BLOCKS_PER_GROUP ? whole - rest : whole;
        groups = (int) ((blocks + BLOCKS_PER_GROUP - 1) / BLOCKS_PER_GROUP);
        descriptorBlocks = (groups * DESCRIPTOR_BYTES + BLOCK_BYTES - 1) / BLOCK_BYTES;
        journalBlocks = blocks < 32768 ? 1024 : blocks < 262144 ? 4096 : 16384;
        uuid = new byte[16];
        ByteBuffer.wrap(uuid).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        this.seconds = seconds;
    }

    /** The least that can be made, in bytes: 16 MiB. */
    static long leastBytes() {
        return LEAST_BLOCKS * BLOCK_BYTES;
    }

    /** The most that can be made, in bytes: 16 TiB. */
    static long mostBytes() {
        return MOST_BLOCKS * BLOCK_BYTES;
    }

    /**
     * The blocks to be written over a file of zeros.
     *
     * @param bytes size of the file, within {@link #leastBytes} and {@link #mostBytes}
     * @param seconds the time of its making, since 1970
     */
    static List<Piece> of(long bytes, UUID id, int seconds) {
        if (bytes < leastBytes() || bytes > mostBytes()) {
            throw new IllegalArgumentException("a file system of " + bytes + " bytes");
        }
        Ext4Format format = new Ext4Format(bytes, id, seconds);
        format.lay();
        return format.pieces;
    }

    private void lay() {
        put(0, superblock());
        put(1, descriptors());
        put(bitmaps(0), bits(used(0), blocksOf(0)));
        if (groups > 1) {
            put(bitmaps(groups - 1), bits(used(groups - 1), blocksOf(groups - 1)));
        }
        put(bitmaps(0) + 1, bits(FIRST_FREE_INODE - 1, INODES_PER_GROUP));
        put(table(0), inodes());
        put(rootFolder(), folder());
        put(journal(), journalSuperblock());
    }

    private void put(long block, ByteBuffer bytes) {
        pieces.add(new Piece(block * BLOCK_BYTES, bytes.rewind()));
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private long blocksOf(int group) {
        return Math.min(BLOCKS_PER_GROUP, blocks - (long) group * BLOCKS_PER_GROUP);
    }

    /** Where the group's two bitmaps are, one behind the other. */
    private long bitmaps(int group) {
        return (long) group * BLOCKS_PER_GROUP + (group == 0 ? 1 + descriptorBlocks : 0);
    }

    private long table(int group) {
        return bitmaps(group) + 2;
    }

    private long rootFolder() {
        return table(0) + TABLE_BLOCKS;
    }

    private long journal() {
        return rootFolder() + 1;
    }

    /** Blocks at the beginning of a group that are taken. */
    private int used(int group) {
        return group == 0 ? (int) journal() + journalBlocks : 2 + TABLE_BLOCKS;
    }

    private ByteBuffer superblock() {
        long free = 0;
        for (int i = 0; i < groups; i++) {
            free += blocksOf(i) - used(i);
        }
        ByteBuffer block = little(BLOCK_BYTES);
        ByteBuffer b = block.slice(1024, 1024).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0x0, groups * INODES_PER_GROUP);
        b.putInt(0x4, (int) blocks);
        b.putInt(0xC, (int) free);
        b.putInt(0x10, groups * INODES_PER_GROUP - (FIRST_FREE_INODE - 1));
        b.putInt(0x18, 2);
        b.putInt(0x1C, 2);
        b.putInt(0x20, BLOCKS_PER_GROUP);
        b.putInt(0x24, BLOCKS_PER_GROUP);
        b.putInt(0x28, INODES_PER_GROUP);
        b.putInt(0x30, seconds);
        // Never to be checked because of how often it was mounted.
        b.putShort(0x36, (short) -1);
        b.putShort(0x38, (short) 0xEF53);
        b.putShort(0x3A, (short) 1);
        b.putShort(0x3C, (short) 1);
        b.putInt(0x40, seconds);
        b.putInt(0x4C, 1);
        b.putInt(0x54, FIRST_FREE_INODE);
        b.putShort(0x58, (short) INODE_BYTES);
        b.putInt(0x5C, HAS_JOURNAL | EXTENDED_ATTRIBUTES | DIRECTORY_INDEX | SPARSE_SUPER_2);
        b.putInt(0x60, FILE_TYPE | EXTENTS);
        b.putInt(0x64, LARGE_FILE | HUGE_FILE | GROUP_CHECKSUMS | MANY_LINKS | EXTRA_INODE_SIZE);
        b.put(0x68, uuid);
        b.put(0x78, "priok-volume".getBytes(StandardCharsets.US_ASCII));
        b.putInt(0xE0, JOURNAL_INODE);
        // Names in large folders are hashed by half MD4, with the identity as the secret.
        b.put(0xEC, uuid);
        b.put(0xFC, (byte) 1);
        // Extended attributes and access control lists without being asked.
        b.putInt(0x100, 0xC);
        b.putInt(0x108, seconds);
        b.putShort(0x15C, (short) 32);
        b.putShort(0x15E, (short) 32);
        // Bytes of names are signed, as on x86.
        b.putInt(0x160, 1);
        return block;
    }

    private ByteBuffer descriptors() {
        ByteBuffer all = little(descriptorBlocks * BLOCK_BYTES);
        for (int i = 0; i < groups; i++) {
            ByteBuffer b = all.slice(i * DESCRIPTOR_BYTES, DESCRIPTOR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            boolean first = i == 0;
            int freeInodes = first ? INODES_PER_GROUP - (FIRST_FREE_INODE - 1) : INODES_PER_GROUP;
            boolean last = i == groups - 1;
            int flags = TABLE_ZEROED | (first ? 0 : INODES_UNUSED) | (first || last ? 0 : BLOCKS_UNUSED);
            b.putInt(0x0, (int) bitmaps(i));
            b.putInt(0x4, (int) bitmaps(i) + 1);
            b.putInt(0x8, (int) table(i));
            b.putShort(0xC, (short) (blocksOf(i) - used(i)));
            b.putShort(0xE, (short) freeInodes);
            b.putShort(0x10, (short) (first ? 1 : 0));
            b.putShort(0x12, (short) flags);
            b.putShort(0x1C, (short) freeInodes);
            b.putShort(0x1E, checksum(i, b));
        }
        return all;
    }

    /** CRC-16 of the identity, the group's number and its descriptor up to the checksum. */
    private short checksum(int group, ByteBuffer descriptor) {
        byte[] bytes = new byte[DESCRIPTOR_BYTES - 2];
        descriptor.get(0, bytes);
        int crc = crc16(0xFFFF, uuid);
        byte[] number = {(byte) group, (byte) (group >> 8), (byte) (group >> 16), (byte) (group >> 24)};
        crc = crc16(crc, number);
        return (short) crc16(crc, bytes);
    }

    private static int crc16(int start, byte[] bytes) {
        int crc = start;
        for (byte b : bytes) {
            crc ^= b & 0xFF;
            for (int i = 0; i < 8; i++) {
                crc = (crc & 1) != 0 ? (crc >>> 1) ^ 0xA001 : crc >>> 1;
            }
        }
        return crc;
    }

    /** A bitmap whose first {@code used} bits are set, and all from {@code size} on, which stand for nothing. */
    private static ByteBuffer bits(int used, long size) {
        ByteBuffer b = little(BLOCK_BYTES);
        for (int i = 0; i < BLOCK_BYTES * 8; i++) {
            if (i < used || i >= size) {
                b.put(i / 8, (byte) (b.get(i / 8) | 1 << i % 8));
            }
        }
        return b;
    }

    private ByteBuffer inodes() {
        ByteBuffer table = little(BLOCK_BYTES);
        inode(table, ROOT_INODE, 0x41ED, 2, BLOCK_BYTES, rootFolder(), 1);
        inode(table, JOURNAL_INODE, 0x8180, 1, (long) journalBlocks * BLOCK_BYTES, journal(), journalBlocks);
        return table;
    }

    /** One file whose blocks are one behind the other: a single extent. */
    private void inode(ByteBuffer table, int number, int mode, int links, long bytes, long block, int count) {
        ByteBuffer b = table.slice((number - 1) * INODE_BYTES, INODE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        b.putShort(0x0, (short) mode);
        b.putInt(0x4, (int) bytes);
        for (int time : new int[] {0x8, 0xC, 0x10, 0x90}) {
            b.putInt(time, seconds);
        }
        b.putShort(0x1A, (short) links);
        b.putInt(0x1C, count * (BLOCK_BYTES / 512));
        b.putInt(0x20, 0x80000);
        b.putShort(0x28, (short) 0xF30A);
        b.putShort(0x2A, (short) 1);
        b.putShort(0x2C, (short) 4);
        b.putShort(0x38, (short) count);
        b.putInt(0x3C, (int) block);
        b.putInt(0x6C, (int) (bytes >>> 32));
        b.putShort(0x80, (short) 32);
    }

    private static ByteBuffer folder() {
        ByteBuffer b = little(BLOCK_BYTES);
        b.putInt(ROOT_INODE).putShort((short) 12).put((byte) 1).put((byte) 2).put(new byte[] {'.', 0, 0, 0});
        b.putInt(ROOT_INODE).putShort((short) (BLOCK_BYTES - 12)).put((byte) 2).put((byte) 2);
        b.put(new byte[] {'.', '.', 0, 0});
        return b;
    }

    /** An empty journal (jbd2), whose numbers are big-endian. */
    private ByteBuffer journalSuperblock() {
        ByteBuffer b = ByteBuffer.allocate(BLOCK_BYTES);
        b.putInt(0x0, 0xC03B3998);
        b.putInt(0x4, 4);
        b.putInt(0xC, BLOCK_BYTES);
        b.putInt(0x10, journalBlocks);
        b.putInt(0x14, 1);
        b.putInt(0x18, 1);
        b.put(0x30, uuid);
        b.putInt(0x40, 1);
        return b;
    }
}
