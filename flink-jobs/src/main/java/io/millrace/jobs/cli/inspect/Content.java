package io.millrace.jobs.cli.inspect;

import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a record's value is.
 *
 * @param bytes the value; none of a record without one
 * @param event what could be read of it; null when nothing could
 * @param isAsExpected whether it is what the topic holds, in the pipeline's format
 * @param problem why it is not; null when it is
 */
record Content(
        byte[] bytes,
        @Nullable SpecificRecord event,
        boolean isAsExpected,
        @Nullable String problem) {}
