package io.millrace.jobs.backtest;

import io.millrace.jobs.backtest.BacktestProfiles.Rows;
import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.feature.ProfileReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.jobs.source.SourcedReader;
import io.millrace.model.stream.StreamUpdate;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.codec.EventFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads profiles as production does, for the rows of all pipelines. Used by one thread. */
final class ProfileDecoder {

    private final List<String> pipelines;
    private final Origins origins;
    private final Digest digest = new Digest();
    private final List<Reading> readers = new ArrayList<>();

    private record Reading(Rows rows, SourcedReader<FeatureEvent> reader) {}

    /**
     * @param pipelines their names
     * @param maxBytes largest payload that is decoded
     * @param maxAhead how far an event time may lie after the record's arrival
     */
    ProfileDecoder(
            List<String> pipelines,
            BacktestProfiles profiles,
            EventFormat format,
            int maxBytes,
            Duration maxAhead,
            Origins origins) {
        this.pipelines = pipelines;
        this.origins = origins;
        for (Rows rows : profiles.rows()) {
            readers.add(
                    new Reading(
                            rows,
                            new SourcedReader<>(
                                    new ProfileReader(
                                            List.of(profiles.models().get(rows.pipelines().get(0))),
                                            rows.profile().name(),
                                            format,
                                            maxBytes),
                                    maxAhead)));
        }
    }

    ReadEvent read(NumberedProfile numbered) {
        List<FeatureEvent> updates = new ArrayList<>(1);
        List<RejectedEvent> rejected = new ArrayList<>(0);
        long contents = 0;
        boolean allRefuse = true;
        for (Reading one : readers) {
            if (one.rows.table().equals(numbered.profile().table())) {
                Sourced<FeatureEvent> read =
                        one.reader.read(numbered.profile().payload(), numbered.profile().origin());
                if (read instanceof Sourced.Rejected<FeatureEvent> refused) {
                    rejected.addAll(rejected(one.rows, refused.letter()));
                    continue;
                }
                allRefuse = false;
                FeatureEvent update = ((Sourced.Event<FeatureEvent>) read).value();
                if (update.update() instanceof StreamUpdate.Profiled profiled) {
                    if (updates.isEmpty()) {
                        contents = digest.of(contents(one.rows, update.key(), profiled));
                    }
                    updates.add(ofRows(one.rows, update, numbered.place()));
                }
            }
        }
        return ReadEvent.ofProfile(
                numbered.place(),
                updates.isEmpty() ? null : new ReadEvent.Profile(updates, contents),
                allRefuse && !rejected.isEmpty() ? List.of(byAll(rejected.get(0))) : rejected);
    }

    /** Of two of one time the one that comes later in the history counts. */
    private static FeatureEvent ofRows(Rows rows, FeatureEvent event, long place) {
        return new FeatureEvent(
                rows.group(),
                event.key(),
                event.time(),
                event.rank(),
                String.format("%019d", place),
                event.part(),
                event.update());
    }

    private static String contents(Rows rows, String key, StreamUpdate.Profiled profiled) {
        return BacktestExamples.contents(rows.profile().name(), key, profiled.values())
                + "@"
                + profiled.time();
    }

    private List<RejectedEvent> rejected(Rows rows, DeadLetter letter) {
        return rows.pipelines().stream()
                .map(
                        pipeline ->
                                new RejectedEvent(
                                        origins.text(letter),
                                        pipelines.get(pipeline),
                                        letter.getReason(),
                                        letter.getDetail()))
                .toList();
    }

    /** By all that read it. */
    private static RejectedEvent byAll(RejectedEvent one) {
        return new RejectedEvent(one.origin(), "", one.reason(), one.detail());
    }
}
