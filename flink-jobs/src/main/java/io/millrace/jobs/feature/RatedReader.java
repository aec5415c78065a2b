package io.millrace.jobs.feature;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.source.Sourced;
import io.millrace.model.example.Labellable;

/**
 * Reads ratings into drafts that have their label.
 *
 * @param ratings reads them into drafts
 */
public record RatedReader<E extends Labellable<E>>(EventReader<Draft<E>> ratings)
        implements EventReader<LabelledDraft<E>> {

    private static final long serialVersionUID = 1L;

    @Override
    public Opened<LabelledDraft<E>> open() {
        EventReader.Opened<Draft<E>> opened = ratings.open();
        return (payload, origin) -> {
            Sourced.Event<Draft<E>> rating = opened.read(payload, origin);
            return new Sourced.Event<>(
                    origin, rating.eventTime(), LabelledDraft.rated(id(origin), rating.value()));
        };
    }

    /**
     * Ratings have no id of their own; two that are alike are two. As text it is in the order of
     * offsets.
     */
    private static String id(Origin origin) {
        return String.format("%s-%05d-%019d", origin.topic(), origin.partition(), origin.offset());
    }
}
