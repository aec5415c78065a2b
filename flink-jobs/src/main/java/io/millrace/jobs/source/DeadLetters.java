package io.millrace.jobs.source;

import io.millrace.schemas.DeadLetter;
import java.nio.ByteBuffer;

/**
 * Makes dead letters: the bytes as they came, where they came from, and why they were set aside.
 */
public final class DeadLetters {

    /** The event time is negative or too far ahead. */
    public static final String INVALID_TIME = "INVALID_TIME";

    /** A value that no feature or objective can take. */
    public static final String INVALID_VALUE = "INVALID_VALUE";

    /** A click without an impression within the late window before it. */
    public static final String UNMATCHED_CLICK = "UNMATCHED_CLICK";

    /** A click on an impression that is known, after the late window. */
    public static final String LATE_CLICK = "LATE_CLICK";

    /** An impression that came when its late window was over. */
    public static final String LATE_IMPRESSION = "LATE_IMPRESSION";

    private DeadLetters() {}

    public static DeadLetter of(
            Origin origin, byte[] payload, String reason, String detail, long now) {
        return DeadLetter.newBuilder()
                .setTopic(origin.topic())
                .setPartition(origin.partition())
                .setOffset(origin.offset())
                .setTimestamp(origin.arrivalTime())
                .setPayload(ByteBuffer.wrap(payload))
                .setReason(reason)
                .setDetail(detail)
                .setTime(now)
                .build();
    }
}
