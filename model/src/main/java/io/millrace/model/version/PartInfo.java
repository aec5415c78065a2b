package io.millrace.model.version;

/**
 * What a manifest says of a row file.
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
}
