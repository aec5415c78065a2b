package io.millrace.jobs.listing;

import io.millrace.jobs.feature.Draft;
import io.millrace.jobs.label.ImpressionReader;
import io.millrace.jobs.label.LabelEvent;
import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;

/** Reads impressions whose listed examples know their id. */
record IdentifiedReader(ImpressionReader<Draft<ListedExample>> impressions)
        implements EventReader<LabelEvent<Draft<ListedExample>>> {

    @Override
    public Opened<LabelEvent<Draft<ListedExample>>> open() {
        Opened<LabelEvent<Draft<ListedExample>>> opened = impressions.open();
        return (payload, origin) -> {
            Sourced.Event<LabelEvent<Draft<ListedExample>>> read = opened.read(payload, origin);
            if (!(read.value() instanceof LabelEvent.Impressed<Draft<ListedExample>> impressed)) {
                return read;
            }
            Draft<ListedExample> draft = impressed.example();
            return new Sourced.Event<>(
                    origin,
                    read.eventTime(),
                    new LabelEvent.Impressed<>(
                            impressed.impressionId(),
                            new Draft<>(
                                    draft.example().of(impressed.impressionId(), origin.offset()),
                                    draft.keys()),
                            impressed.received()));
        };
    }
}
