package io.millrace.schemas.codec;

import io.millrace.schemas.codec.UndecodableException.Reason;
import org.jspecify.annotations.Nullable;

/** The first check of a payload, before any of it is read: that it is there and not too large. */
record PayloadLimit(String recordName, int maxBytes) {

    PayloadLimit {
        if (maxBytes < 1) {
            throw new IllegalArgumentException(
                    "The payload limit must be at least 1 byte, not " + maxBytes + ".");
        }
    }

    byte[] check(byte @Nullable [] payload) throws UndecodableException {
        if (payload == null || payload.length == 0) {
            throw new UndecodableException(
                    Reason.EMPTY, "The payload is empty where a " + recordName + " was expected.");
        }
        if (payload.length > maxBytes) {
            throw new UndecodableException(
                    Reason.TOO_LARGE,
                    "The payload has %d bytes; a %s may have %d at most."
                            .formatted(payload.length, recordName, maxBytes));
        }
        return payload;
    }
}
