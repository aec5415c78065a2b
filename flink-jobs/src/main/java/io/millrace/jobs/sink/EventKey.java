package io.millrace.jobs.sink;

import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.SerializationSchema;

/** The text that becomes an event's record key, in UTF-8. */
@FunctionalInterface
public interface EventKey<T> extends SerializationSchema<T> {

    String of(T event);

    @Override
    default byte[] serialize(T event) {
        return of(event).getBytes(StandardCharsets.UTF_8);
    }
}
