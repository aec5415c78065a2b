package io.millrace.jobs.listing;

import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.feature.FeatureEventSerializer;
import io.millrace.jobs.history.EventLine;
import io.millrace.jobs.history.file.LineReader;
import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.source.Sourced;
import io.millrace.jobs.source.SourcedReader;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of events in the order of their lines, which is that of arrival, as the sources of
 * training read topics: each event by the reader that it would have there, and event time as far as
 * the out-of-orderness allows. Parallelism 1; its input are names of files.
 */
final class FileEvents<T> extends AbstractStreamOperator<T>
        implements OneInputStreamOperator<String, T> {

    /** Lines that are no event or cannot be used, as lines of a listing. */
    static final OutputTag<String> REJECTED = new OutputTag<>("rejected", Types.STRING);

    static final OutputTag<FeatureEvent> PROFILES =
            new OutputTag<>("profiles", FeatureEventSerializer.TYPE);

    private static final long serialVersionUID = 1L;

    // -- configuration

    private final FileReaders<T> readers;
    private final Duration outOfOrderness;
    private final Duration maxAhead;

    // -- runtime

    private transient Kind<Impression, T> impressions;
    private transient Kind<Click, T> clicks;
    private transient Kind<Rating, T> ratings;
    private transient Map<String, Kind<Profile, FeatureEvent>> profiles;
    private transient Listing listing;
    private transient long largestTime;
    private transient long watermark;

    FileEvents(FileReaders<T> readers, Duration outOfOrderness, Duration maxAhead) {
        this.readers = readers;
        this.outOfOrderness = outOfOrderness;
        this.maxAhead = maxAhead;
    }

    @Override
    public void open() throws Exception {
        super.open();
        impressions = kind(Impression.class, readers.impressions());
        clicks = kind(Click.class, readers.clicks());
        ratings = kind(Rating.class, readers.ratings());
        profiles = new HashMap<>();
        readers.profiles().forEach((name, of) -> profiles.put(name, kind(Profile.class, of)));
        listing = new Listing();
        largestTime = Long.MIN_VALUE;
        watermark = Long.MIN_VALUE;
    }

    @Override
    public void processElement(StreamRecord<String> file) throws IOException {
        Path path = Path.of(file.getValue());
        EventLine events = new EventLine();
        try (LineReader lines = LineReader.inOrder(path)) {
            while (lines.next()) {
                if (!lines.line().isBlank()) {
                    read(events, lines.line().text(), lines.line().number());
                }
            }
        }
    }

    /** What the source says of time is only where it ends. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.equals(Watermark.MAX_WATERMARK)) {
            if (largestTime != Long.MIN_VALUE) {
                advanceTo(largestTime - 1);
            }
            super.processWatermark(mark);
        }
    }

    private void read(EventLine events, String text, long number) {
        SpecificRecord event;
        try {
            event = events.read(text);
        } catch (EventLine.BadLineException e) {
            reject("MALFORMED", number, String.valueOf(e.getMessage()));
            return;
        }
        if (event instanceof Impression impression) {
            send(impressions, impression, number);
        } else if (event instanceof Click click) {
            send(clicks, click, number);
        } else if (event instanceof Rating rating) {
            send(ratings, rating, number);
        } else if (event instanceof Profile profile) {
            sendProfile(profile, events.profile(), number);
        }
    }

    private <R extends SpecificRecord> void send(Kind<R, T> kind, R event, long number) {
        Sourced.Event<T> read = readEvent(kind, event, number);
        if (read != null) {
            advance(read.eventTime());
            output.collect(new StreamRecord<>(read.value(), read.eventTime()));
        }
    }

    private void sendProfile(Profile profile, String name, long number) {
        Kind<Profile, FeatureEvent> kind = profiles.get(name);
        if (kind == null) {
            reject(
                    "NOT_READ",
                    number,
                    "the pipeline has no profile \"%s\"; its profiles: %s"
                            .formatted(
                                    name,
                                    profiles.isEmpty()
                                            ? "none"
                                            : String.join(", ", profiles.keySet())));
            return;
        }
        Sourced.Event<FeatureEvent> read = readEvent(kind, profile, number);
        if (read != null) {
            advance(read.eventTime());
            output.collect(PROFILES, new StreamRecord<>(read.value(), read.eventTime()));
        }
    }

    private <R extends SpecificRecord, O> Sourced.@Nullable Event<O> readEvent(
            Kind<R, O> kind, R event, long number) {
        if (kind.reader == null) {
            reject("NOT_READ", number, "the pipeline does not learn from events of this type");
            return null;
        }
        Sourced<O> read = kind.reader.read(kind.codec.encode(event), new Origin("", 0, number, -1));
        if (read instanceof Sourced.Event<O> good) {
            return good;
        }
        if (read instanceof Sourced.Rejected<O> rejected) {
            output.collect(
                    REJECTED,
                    new StreamRecord<>(
                            listing.rejected(rejected.letter(), Math.max(0, largestTime))));
        }
        return null;
    }

    private void reject(String reason, long number, String detail) {
        output.collect(
                REJECTED,
                new StreamRecord<>(
                        listing.rejected(reason, number, detail, Math.max(0, largestTime))));
    }

    private void advance(long time) {
        largestTime = Math.max(largestTime, time);
        advanceTo(largestTime - outOfOrderness.toMillis() - 1);
    }

    private void advanceTo(long time) {
        if (time > watermark) {
            watermark = time;
            output.emitWatermark(new Watermark(time));
        }
    }

    private <R extends SpecificRecord, O> Kind<R, O> kind(
            Class<R> type, @Nullable EventReader<O> reader) {
        return new Kind<>(
                EventCodec.of(type, EventFormat.AVRO),
                reader == null ? null : new SourcedReader<>(reader, maxAhead));
    }

    /** How events of one type are read; the reader is null where they are not. */
    private record Kind<R extends SpecificRecord, O>(
            EventCodec<R> codec, @Nullable SourcedReader<O> reader) {}
}
