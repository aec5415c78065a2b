package io.millrace.model.version;

/** The constants of the row file format; see {@code docs/version-format.md}. Little-endian. */
final class RowFormat {

    /** "MILLROWS" as it reads in the file. */
    static final long MAGIC = 0x53574F524C4C494DL;

    static final int FORMAT_VERSION = 1;

    /** Magic, format version. */
    static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

    static final byte END = 0;
    static final byte ROW = 1;
    static final byte TOMBSTONE = 2;
    static final byte CANDIDATE = 3;

    /** Key, examples, last event time, width; behind the tag. */
    static final int ROW_HEAD_BYTES = 3 * Long.BYTES + Short.BYTES;

    /** The width is an unsigned 16-bit number, which also bounds what a reader allocates. */
    static final int MAX_WIDTH = 0xFFFF;

    /** Row count and checksum; behind the end tag. */
    static final int TRAILER_BYTES = Long.BYTES + Integer.BYTES;

    private RowFormat() {}
}
