package io.millrace.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.stream.KeyGroup;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.KeyRow;
import io.millrace.model.stream.Profile;
import io.millrace.model.stream.StreamFeature;
import io.millrace.model.stream.StreamFeature.Occasion;
import io.millrace.model.stream.StreamKeys;
import io.millrace.model.stream.StreamSpec;
import io.millrace.model.stream.StreamUpdate;
import io.millrace.schemas.FeatureRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeatureRowsTest {

    private static final StreamSpec SPEC =
            new StreamSpec(
                    List.of(
                            new StreamFeature.Mean("mean", List.of("user"), 0.5, null, 2, null),
                            new StreamFeature.Count("shown", List.of("user"), Occasion.IMPRESSION),
                            new StreamFeature.Last(
                                    "items", List.of("user"), Occasion.CLICK, "item", 3)),
                    List.of(new Profile("users", "user")));
    private static final KeyGroup USER = KeyGroups.of(SPEC).all().get(0);
    private static final KeyGroup PROFILE = KeyGroups.of(SPEC).all().get(1);

    @Test
    void usageExample() throws Exception {
        try (var rows = open(null)) {
            send(rows, shown("a", 10));
            send(rows, clicked("a", 15));
            send(rows, shown("b", 20));
            assertThat(answers(rows)).isEmpty();

            watermark(rows, 20);

            assertThat(answers(rows))
                    .containsExactly(
                            answer("a", row()), answer("b", row(shown("a", 10), clicked("a", 15))));
        }
    }

    /** However events were interleaved with each other and with the watermark. */
    @Test
    void whatComesOutDependsOnEventTimesAlone() throws Exception {
        List<FeatureEvent> events = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long time = 100 + 10L * (i / 3);
            events.add(shown("e" + i, time));
            events.add(i % 2 == 0 ? clicked("e" + i, time + 15) : timedOut("e" + i, time + 20));
        }
        events.sort(FeatureEvent.ORDER);
        List<String> expected = restated(events);
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<FeatureEvent> arriving = new ArrayList<>(events);
            Collections.shuffle(arriving, random);
            // Within so much of out-of-orderness nothing is late.
            long outOfOrderness = 50;
            arriving.sort(
                    Comparator.comparingLong(e -> e.time() / outOfOrderness * outOfOrderness));
            try (var rows = open(null)) {
                long largest = Long.MIN_VALUE;
                for (FeatureEvent event : arriving) {
                    send(rows, event);
                    largest = Math.max(largest, event.time());
                    if (random.nextInt(3) == 0) {
                        watermark(rows, largest - outOfOrderness - 1);
                    }
                }
                watermark(rows, Long.MAX_VALUE);

                assertThat(answers(rows)).as("seed %d", seed).isEqualTo(expected);
                assertThat(late(rows)).isZero();
                assertThat(rows.numEventTimeTimers()).isZero();
            }
        }
    }

    /** An impression counts before labels of its time, and the smaller id before the larger. */
    @Test
    void ofTheSameTimeImpressionsComeFirstAndThenTheSmallerId() throws Exception {
        FeatureEvent correction =
                change("0", 10, FeatureEvent.LABELLED + 2, StreamUpdate.clicked(10, keys("0")));
        FeatureEvent reversal =
                change("0", 10, FeatureEvent.LABELLED + 1, StreamUpdate.reversed(10, 5));
        List<FeatureEvent> inOrder =
                List.of(
                        shown("a", 10),
                        shown("b", 10),
                        reversal,
                        correction,
                        clicked("a", 10),
                        clicked("b", 10));
        List<FeatureEvent> arriving = new ArrayList<>(inOrder);
        Collections.reverse(arriving);
        try (var rows = open(null)) {
            for (FeatureEvent event : arriving) {
                send(rows, event);
            }
            send(rows, shown("c", 11));
            watermark(rows, 11);

            assertThat(answers(rows))
                    .containsExactly(
                            answer("a", row()),
                            answer("b", row()),
                            answer("c", row(inOrder.toArray(new FeatureEvent[0]))));
        }
    }

    /** At scoring all candidates of a request see the same row too. */
    @Test
    void impressionsOfOneTimeDoNotSeeEachOther() throws Exception {
        StreamSpec spec =
                new StreamSpec(
                        List.of(
                                new StreamFeature.Count(
                                        "shown", List.of("user"), Occasion.IMPRESSION),
                                new StreamFeature.SinceLast(
                                        "idle", List.of("user"), Occasion.IMPRESSION)),
                        List.of());
        KeyGroup group = KeyGroups.of(spec).all().get(0);
        FeatureEvent first = shown("first", 10);
        List<FeatureEvent> slate = List.of(shown("a", 20), shown("b", 20), shown("c", 20));
        try (var rows = open(spec, null)) {
            send(rows, first);
            for (FeatureEvent event : slate) {
                send(rows, event);
            }
            send(rows, shown("next", 21));
            watermark(rows, 21);

            byte[] before = row(group, first);
            assertThat(answers(rows))
                    .containsExactly(
                            answer("first", new byte[0]),
                            answer("a", before),
                            answer("b", before),
                            answer("c", before),
                            answer(
                                    "next",
                                    row(group, first, slate.get(0), slate.get(1), slate.get(2))));
        }
    }

    /** Even one that changes nothing itself, as it lacks the field that is remembered. */
    @Test
    void anImpressionWithoutTheRememberedFieldDoesNotSeeTheOthersOfItsTime() throws Exception {
        StreamSpec spec =
                new StreamSpec(
                        List.of(
                                new StreamFeature.Last(
                                        "shops", List.of("user"), Occasion.IMPRESSION, "item", 3)),
                        List.of());
        try (var rows = open(spec, null)) {
            send(rows, shown("a", 20));
            send(rows, new FeatureEvent(USER.id(), "ann", 20, FeatureEvent.SHOWN, "b", 0, null));
            watermark(rows, 20);

            assertThat(answers(rows))
                    .containsExactly(answer("a", new byte[0]), answer("b", new byte[0]));
        }
    }

    @Test
    void aRatingSeesThoseBeforeItOfItsTime() throws Exception {
        try (var rows = open(null)) {
            send(rows, rated("b", 10, 2));
            send(rows, rated("a", 10, 5));
            watermark(rows, 10);

            assertThat(answers(rows))
                    .containsExactly(answer("a", row()), answer("b", row(rated("a", 10, 5))));
        }
    }

    /** As of a robot, or where times are days. */
    @Test
    void manyEventsOfOneKeyAndTimeAreAllAppliedAndThenForgotten() throws Exception {
        List<FeatureEvent> events = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            events.add(shown("e" + i, 10));
        }
        OperatorSubtaskState checkpoint;
        try (var rows = open(null)) {
            for (FeatureEvent event : events) {
                send(rows, event);
            }
            watermark(rows, 10);

            assertThat(answers(rows)).hasSize(events.size());
            checkpoint = rows.snapshot(1, 1);
        }
        // Time begins anew.
        try (var rows = open(checkpoint)) {
            FeatureEvent again = shown("again", 10);
            send(rows, again);
            send(rows, shown("b", 11));
            watermark(rows, 11);

            byte[] before = row(events.toArray(new FeatureEvent[0]));
            events.add(again);
            byte[] after = row(events.toArray(new FeatureEvent[0]));
            assertThat(answers(rows)).containsExactly(answer("again", before), answer("b", after));
        }
    }

    @Test
    void aLateEventIsCountedAndAppliedToTheRowAsItIs() throws Exception {
        try (var rows = open(null)) {
            send(rows, shown("a", 10));
            watermark(rows, 20);
            send(rows, shown("late", 20));
            send(rows, timedOut("late", 12));
            send(rows, shown("b", 21));
            watermark(rows, 30);

            assertThat(answers(rows))
                    .containsExactly(
                            answer("a", row()),
                            answer("late", row(shown("a", 10))),
                            answer(
                                    "b",
                                    row(shown("a", 10), shown("late", 20), timedOut("late", 12))));
            assertThat(late(rows)).isEqualTo(2);
        }
    }

    @Test
    void whatWaitsAndWhatIsKnownSurvivesARestore() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var rows = open(null)) {
            send(rows, shown("a", 10));
            watermark(rows, 10);
            send(rows, clicked("a", 40));
            send(rows, shown("b", 30));
            checkpoint = rows.snapshot(1, 1);
        }
        try (var rows = open(checkpoint)) {
            watermark(rows, 10);
            send(rows, shown("c", 50));
            send(rows, timedOut("b", 30));
            watermark(rows, 50);

            assertThat(answers(rows))
                    .containsExactly(
                            answer("b", row(shown("a", 10))),
                            answer(
                                    "c",
                                    row(
                                            shown("a", 10),
                                            shown("b", 30),
                                            timedOut("b", 30),
                                            clicked("a", 40))));
            assertThat(rows.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void aProfileHoldsFromItsTimeOnAndAnOlderOneNeverReplacesIt() throws Exception {
        FeatureEvent first = profiled("0", 10, "first");
        FeatureEvent second = profiled("1", 30, "second");
        try (var rows = open(null)) {
            send(rows, second);
            send(rows, first);
            send(rows, FeatureEvent.nothing(PROFILE.id(), "2"));
            for (long time : new long[] {9, 10, 29, 30}) {
                send(rows, ask("at " + time, time));
            }
            watermark(rows, 30);
            send(rows, profiled("3", 20, "late"));
            send(rows, ask("at 31", 31));
            watermark(rows, 31);

            assertThat(answers(rows))
                    .containsExactly(
                            answer("at 9", profile()),
                            answer("at 10", profile(first)),
                            answer("at 29", profile(first)),
                            answer("at 30", profile(second)),
                            answer("at 31", profile(second)));
            assertThat(late(rows)).isEqualTo(1);
        }
    }

    @Test
    void aChangedRowIsToldOfOnceForEachStepOfTheWatermark() throws Exception {
        try (var rows = open(null)) {
            for (int i = 0; i < 5; i++) {
                send(rows, shown("e" + i, 10 + i));
            }
            watermark(rows, 14);

            assertThat(changed(rows)).containsExactly("by:user ann 14");
            watermark(rows, 15);
            assertThat(changed(rows)).isEmpty();
        }
    }

    /** Else a failure after the checkpoint would leave the topic behind the state. */
    @Test
    void whatALateEventChangedIsToldOfBeforeABarrier() throws Exception {
        try (var rows = open(null)) {
            watermark(rows, 20);
            send(rows, shown("late", 10));
            assertThat(changed(rows)).isEmpty();

            rows.getOperator().prepareSnapshotPreBarrier(1);

            assertThat(changed(rows)).containsExactly("by:user ann 10");
        }
    }

    @Test
    void whatChangesNothingIsNotToldOf() throws Exception {
        try (var rows = open(null)) {
            send(rows, ask("a", 10));
            watermark(rows, 10);

            assertThat(changed(rows)).isEmpty();
        }
    }

    @Test
    void rowsOfAGroupThatIsNoLongerKnownAreEmpty() throws Exception {
        try (var rows = open(null)) {
            send(rows, new FeatureEvent("by:shop", "x", 10, FeatureEvent.SHOWN, "a", 0, null));
            watermark(rows, 10);

            assertThat(answers(rows)).containsExactly(answer("a", new byte[0]));
        }
    }

    // -- events

    private static StreamKeys keys(String item) {
        return new StreamKeys(
                Map.of(USER.id(), List.of("ann"), PROFILE.id(), List.of("ann")),
                Map.of("item", List.of(item)));
    }

    private static FeatureEvent shown(String id, long time) {
        StreamUpdate update = StreamUpdate.shown(time, keys(id));
        return new FeatureEvent(USER.id(), "ann", time, FeatureEvent.SHOWN, id, 0, update);
    }

    private static FeatureEvent clicked(String id, long time) {
        return change(id, time, FeatureEvent.LABELLED, StreamUpdate.clicked(time, keys(id)));
    }

    private static FeatureEvent timedOut(String id, long time) {
        return change(id, time, FeatureEvent.LABELLED, StreamUpdate.timedOut(time));
    }

    private static FeatureEvent rated(String id, long time, double rating) {
        StreamUpdate update = StreamUpdate.rated(time, rating, keys(id));
        return new FeatureEvent(USER.id(), "ann", time, FeatureEvent.SHOWN, id, 0, update);
    }

    private static FeatureEvent change(String id, long time, int rank, StreamUpdate update) {
        return new FeatureEvent(USER.id(), "ann", time, rank, id, FeatureEvent.NO_QUESTION, update);
    }

    private static FeatureEvent profiled(String id, long time, String name) {
        StreamUpdate update = StreamUpdate.profiled(time, Map.of("name", name));
        return FeatureEvent.profiled(PROFILE.id(), "ann", id, update);
    }

    private static FeatureEvent ask(String id, long time) {
        return new FeatureEvent(PROFILE.id(), "ann", time, FeatureEvent.SHOWN, id, 1, null);
    }

    // -- what is expected

    /** The answers to events that are applied in this order: each sees all of earlier times. */
    private static List<String> restated(List<FeatureEvent> events) {
        List<String> answers = new ArrayList<>();
        for (FeatureEvent event : events) {
            if (event.isQuestion()) {
                FeatureEvent[] before =
                        events.stream()
                                .filter(other -> other.time() < event.time())
                                .toArray(FeatureEvent[]::new);
                answers.add(answer(event.id(), row(before)));
            }
        }
        return answers;
    }

    private static byte[] row(FeatureEvent... events) {
        return row(USER, events);
    }

    private static byte[] profile(FeatureEvent... events) {
        return row(PROFILE, events);
    }

    private static byte[] row(KeyGroup group, FeatureEvent... events) {
        KeyRow row = KeyRow.empty(group);
        for (FeatureEvent event : events) {
            row = row.after(event.update());
        }
        return row.encode();
    }

    private static String answer(String id, byte[] row) {
        return id + ": " + HexFormat.of().formatHex(row);
    }

    // -- the operator

    private static KeyedOneInputStreamOperatorTestHarness<String, FeatureEvent, FeatureAnswer> open(
            @Nullable OperatorSubtaskState checkpoint) throws Exception {
        return open(SPEC, checkpoint);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, FeatureEvent, FeatureAnswer> open(
            StreamSpec spec, @Nullable OperatorSubtaskState checkpoint) throws Exception {
        var harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new FeatureRows("test", List.of(spec), true),
                        FeatureEvent::row,
                        Types.STRING);
        harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        if (checkpoint != null) {
            harness.initializeState(checkpoint);
        }
        harness.open();
        return harness;
    }

    private static void send(
            KeyedOneInputStreamOperatorTestHarness<String, FeatureEvent, FeatureAnswer> rows,
            FeatureEvent event)
            throws Exception {
        rows.processElement(event, event.time());
    }

    private static void watermark(
            KeyedOneInputStreamOperatorTestHarness<String, FeatureEvent, FeatureAnswer> rows,
            long time)
            throws Exception {
        rows.processWatermark(new Watermark(time));
    }

    private static List<String> answers(
            KeyedOneInputStreamOperatorTestHarness<String, FeatureEvent, FeatureAnswer> rows) {
        return rows.extractOutputValues().stream()
                .map(answer -> answer(answer.id(), answer.row()))
                .toList();
    }

    /** Since the last call. */
    private static List<String> changed(
            KeyedOneInputStreamOperatorTestHarness<String, FeatureEvent, FeatureAnswer> rows) {
        Collection<StreamRecord<FeatureRow>> told = rows.getSideOutput(FeatureRows.CHANGED);
        if (told == null) {
            return List.of();
        }
        List<String> texts =
                told.stream()
                        .map(StreamRecord::getValue)
                        .map(r -> r.getGroup() + " " + r.getKey() + " " + r.getTimestamp())
                        .toList();
        told.clear();
        return texts;
    }

    private static long late(
            KeyedOneInputStreamOperatorTestHarness<String, FeatureEvent, FeatureAnswer> rows) {
        FeatureRows operator = (FeatureRows) rows.getOperator();
        return operator.late();
    }
}
