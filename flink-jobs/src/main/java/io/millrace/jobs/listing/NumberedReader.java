package io.millrace.jobs.listing;

import io.millrace.jobs.feature.Draft;
import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;

/** Reads ratings whose listed examples know their line. */
record NumberedReader(EventReader<Draft<ListedExample>> ratings)
        implements EventReader<Draft<ListedExample>> {

    @Override
    public Opened<Draft<ListedExample>> open() {
        Opened<Draft<ListedExample>> opened = ratings.open();
        return (payload, origin) -> {
            Sourced.Event<Draft<ListedExample>> read = opened.read(payload, origin);
            Draft<ListedExample> draft = read.value();
            return new Sourced.Event<>(
                    origin,
                    read.eventTime(),
                    new Draft<>(draft.example().of("", origin.offset()), draft.keys()));
        };
    }
}
