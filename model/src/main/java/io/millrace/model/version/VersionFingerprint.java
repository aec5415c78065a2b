package io.millrace.model.version;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A hash of all that a version's rows are: equal for two versions if and only if they hold the same
 * rows to the bit, whatever files these lie in.
 *
 * <p>SHA-256 over the live rows of the whole chain in ascending order of their unsigned key; of
 * each row key, examples, last event time, width and weights as in a row file. Tombstones, numbers
 * of versions and their files do not count; a candidate counts as a row of width 0.
 */
public final class VersionFingerprint {

    private VersionFingerprint() {}

    /**
     * Reads a version and hashes it. Memory does not grow with its rows.
     *
     * @return 64 lower-case hexadecimal digits
     */
    public static String of(VersionStorage storage, String model, long version) throws IOException {
        MessageDigest digest = sha256();
        VersionChain chain = new VersionCatalog(storage, model).chain(version);
        try (RowMerge merge = new RowMerge(storage, chain)) {
            for (RowFileReader row = merge.next(); row != null; row = merge.next()) {
                if (!row.tombstone()) {
                    update(digest, row);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, RowFileReader row) {
        ByteBuffer bytes =
                ByteBuffer.allocate(RowFormat.ROW_HEAD_BYTES + row.width() * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(row.key())
                        .putLong(row.examples())
                        .putLong(row.lastEventTime())
                        .putShort((short) row.width());
        for (int i = 0; i < row.width(); i++) {
            bytes.putFloat(row.weights()[i]);
        }
        digest.update(bytes.flip());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
