package io.millrace.model.parameter;

/**
 * The 64-bit key of a parameter row: the feature slot in the upper {@value #SLOT_BITS} bits, a hash
 * of the raw value in the lower {@value #HASH_BITS}. Slot 0 holds the blocks of dense tensors.
 *
 * <p>With 30 million values in one slot the expected number of colliding pairs is 0.025.
 */
public final class ParameterKey {

    /** Slot of the dense blocks; their "hash" is the block's index. */
    public static final int DENSE_SLOT = 0;

    /** Hash of a missing value; ordinary hashes start at {@link #FIRST_VALUE_HASH}. */
    public static final long MISSING_HASH = 0;

    /** Hash of the row that all values share that no example has had yet. */
    public static final long UNSEEN_HASH = 1;

    /** Hash of the row that all values share that came, but not often enough for their own. */
    public static final long RARE_HASH = 2;

    /** Hashes below are reserved for rows that stand for no single value. */
    public static final long FIRST_VALUE_HASH = 16;

    public static final int SLOT_BITS = 10;
    public static final int HASH_BITS = Long.SIZE - SLOT_BITS;
    public static final int MAX_SLOTS = 1 << SLOT_BITS;

    private static final long HASH_MASK = (1L << HASH_BITS) - 1;

    private ParameterKey() {}

    /** The key of a value; {@code hash} may use all 64 bits, the lower ones are kept. */
    public static long ofValue(int slot, long hash) {
        long kept = hash & HASH_MASK;
        return of(slot, kept < FIRST_VALUE_HASH ? kept + FIRST_VALUE_HASH : kept);
    }

    /** The key of the row that stands for a missing value. */
    public static long ofMissing(int slot) {
        return of(slot, MISSING_HASH);
    }

    /** The key of the row that stands for all values that were never seen. */
    public static long ofUnseen(int slot) {
        return of(slot, UNSEEN_HASH);
    }

    /** The key of the row that stands for all values that are rare. */
    public static long ofRare(int slot) {
        return of(slot, RARE_HASH);
    }

    /** The key of the moments of a number, which have a slot for themselves. */
    public static long ofMoments(int slot) {
        return of(slot, 0);
    }

    /** Whether the key, which is not of a dense block, stands for a single value. */
    public static boolean isValue(long key) {
        return hash(key) >= FIRST_VALUE_HASH;
    }

    /** The key of a block of the dense vector. */
    public static long ofDenseBlock(int block) {
        return of(DENSE_SLOT, block);
    }

    public static int slot(long key) {
        return (int) (key >>> HASH_BITS);
    }

    /** The part below the slot; for a dense block its index. */
    public static long hash(long key) {
        return key & HASH_MASK;
    }

    private static long of(int slot, long hash) {
        if (slot < 0 || slot >= MAX_SLOTS) {
            throw new IllegalArgumentException(
                    "slot " + slot + " is outside [0, " + MAX_SLOTS + ")");
        }
        return ((long) slot << HASH_BITS) | hash;
    }
}
