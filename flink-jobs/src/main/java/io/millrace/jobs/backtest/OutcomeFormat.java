package io.millrace.jobs.backtest;

import java.nio.charset.StandardCharsets;

/**
 * How an {@link OutcomeFile} is written; all numbers are big endian.
 *
 * <pre>
 * file     := MAGIC (8 bytes), progress, P (4), syncs Y (4), slice fields S (4), record...
 * progress := events read (8), rows (8), rejected events (8): overwritten in place
 * record   := VALUE, slice field (4), text: the next code of this field stands for this value
 *           | ROW, time (8), user (8), digest (8), number of the event (8), label (4), weight (4),
 *             S codes (4 each), P times Y predictions (4 each, NaN for none)
 *           | REJECTED, number of the event (8), origin, pipeline, reason, detail (texts)
 *           | END, events (8), impressions without a label (8)
 *           | PROFILES, how many were read (8), SHA-256 over them in hexadecimal (text)
 * text     := length in bytes (4), UTF-8
 * </pre>
 *
 * Records are only ever appended, so what is there at any moment is whole records and perhaps a
 * part of one.
 */
final class OutcomeFormat {

    static final byte[] MAGIC = "MILLOUT1".getBytes(StandardCharsets.US_ASCII);
    static final int PROGRESS_AT = 8;
    static final int PROGRESS_BYTES = 3 * Long.BYTES;

    static final byte VALUE = 1;
    static final byte ROW = 2;
    static final byte REJECTED = 3;
    static final byte END = 4;
    static final byte PROFILES = 5;

    private OutcomeFormat() {}
}
