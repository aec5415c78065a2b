package io.millrace.jobs.score;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;

/** Reads announcements of versions. */
public record ModelVersionReader(EventFormat format, int maxBytes)
        implements EventReader<ModelVersion> {

    @Override
    public Opened<ModelVersion> open() {
        EventCodec<ModelVersion> codec = EventCodec.of(ModelVersion.class, format, maxBytes);
        return (payload, origin) -> {
            ModelVersion version = codec.decode(payload);
            return new Sourced.Event<>(origin, version.getCreatedAt(), version);
        };
    }
}
