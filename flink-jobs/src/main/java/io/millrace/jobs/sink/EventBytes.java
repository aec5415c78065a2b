package io.millrace.jobs.sink;

import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;

/** Events as the bytes they have on topics. */
final class EventBytes<T extends SpecificRecord> implements SerializationSchema<T> {

    private static final long serialVersionUID = 1L;

    private final Class<T> type;
    private final EventFormat format;
    private transient EventCodec<T> codec;

    EventBytes(Class<T> type, EventFormat format) {
        this.type = type;
        this.format = format;
    }

    @Override
    public void open(InitializationContext context) {
        codec = EventCodec.of(type, format);
    }

    @Override
    public byte[] serialize(T event) {
        return codec.encode(event);
    }
}
