package io.millrace.model.version;

/**
 * What a manifest says of a row file. While the file is being written only its path and shard are
 * known: it is {@link #promised}, and its numbers are 0.
 *
 * @param path in the storage
 * @param shard the parameter shard that wrote it; 0 for compacted rows
 * @param rows number of rows, tombstones included
 * @param bytes length of the file
 * @param crc32c the checksum at the end of the file, as an unsigned 32-bit number
 */
public record PartInfo(String path, int shard, long rows, long bytes, long crc32c) {

    public PartInfo {
        if (shard < 0 || rows < 0 || bytes < 0 || crc32c < 0 || crc32c > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException(
                    "part "
                            + path
                            + " has a number out of range: shard "
                            + shard
                            + ", rows "
                            + rows
                            + ", bytes "
                            + bytes
                            + ", crc32c "
                            + crc32c);
        }
    }

    /** A file that is being written. */
    public static PartInfo promised(String path, int shard) {
        return new PartInfo(path, shard, 0, 0, 0);
    }

    /** Whether the file was still being written; one that is complete is never empty. */
    public boolean isPromised() {
        return bytes == 0;
    }
}
