package io.millrace.jobs.cli.inspect;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.label.ClickReader;
import io.millrace.jobs.label.ImpressionReader;
import io.millrace.jobs.label.ModelExamples;
import io.millrace.jobs.label.RatingReader;
import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.jobs.source.SourcedReader;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import org.apache.avro.specific.SpecificRecord;

/** The readers that a pipeline's jobs have for their input topics. */
record InputReaders(PipelineConfig config) {

    /** The reader of an input topic. */
    SourcedReader<?> of(EventTopics topics, String topic) {
        Class<? extends SpecificRecord> type = topics.inputType(topic).orElseThrow();
        PipelineConfig.Events events = config.events();
        return new SourcedReader<>(
                reader(type), events.maxAhead(), events.schemas().open(events.maxBytes()));
    }

    private EventReader<?> reader(Class<? extends SpecificRecord> type) {
        EventFormat format = config.events().format();
        int maxBytes = config.events().maxBytes();
        ModelExamples examples = new ModelExamples(config.model());
        Objective objective = config.model().objective();
        if (type == Impression.class && objective instanceof Objective.Click) {
            return new ImpressionReader<>(examples, format, maxBytes);
        }
        if (type == Click.class) {
            return new ClickReader<>(format, maxBytes);
        }
        if (type == Rating.class && objective instanceof Objective.Rating rating) {
            return new RatingReader<>(examples, rating, format, maxBytes);
        }
        return new Decoding(type, format, maxBytes);
    }

    /** Reads what this pipeline's training job does not: it must only be a record of its type. */
    private record Decoding(Class<? extends SpecificRecord> type, EventFormat format, int maxBytes)
            implements EventReader<SpecificRecord> {

        @Override
        public Opened<SpecificRecord> open() {
            EventCodec<? extends SpecificRecord> codec = EventCodec.of(type, format, maxBytes);
            return (payload, origin) -> {
                SpecificRecord event = codec.decode(payload);
                return new Sourced.Event<>(
                        origin,
                        event instanceof Profile profile
                                ? profile.getTimestamp()
                                : origin.arrivalTime(),
                        event);
            };
        }
    }
}
