package io.millrace.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.example.Example;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.Profile;
import io.millrace.model.stream.StreamFeature;
import io.millrace.model.stream.StreamFeature.Occasion;
import io.millrace.model.stream.StreamKeys;
import io.millrace.model.stream.StreamSpec;
import io.millrace.model.stream.StreamUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AssembleTest {

    private static final long LATE_WINDOW = 1_000;

    /** Parts 0 and 1 are of the two genres, part 2 is of the user. */
    private static final StreamSpec SPEC =
            new StreamSpec(
                    List.of(
                            new StreamFeature.Count("shown", List.of("user"), Occasion.IMPRESSION),
                            new StreamFeature.Count(
                                    "genre", List.of("genres"), Occasion.IMPRESSION)),
                    List.of(new Profile("users", "user")));

    private static final StreamKeys KEYS =
            new StreamKeys(
                    Map.of("by:user", List.of("ann"), "by:genres", List.of("pop", "jazz")),
                    Map.of());

    @Test
    void usageExample() throws Exception {
        try (var assemble = open(Duration.ofMillis(LATE_WINDOW), null)) {
            answer(assemble, "a", 10, 0, 1, 2);
            label(assemble, "a", 10, 1, 15);
            assertThat(examples(assemble)).isEmpty();

            watermark(assemble, 15);

            assertThat(examples(assemble)).containsExactly("10 [0, 1, 2] label 1.0 weight 1.0");
        }
    }

    @Test
    void anAnswerMayComeBehindTheLabel() throws Exception {
        try (var assemble = open(Duration.ofMillis(LATE_WINDOW), null)) {
            label(assemble, "a", 10, 1, 15);
            answer(assemble, "a", 10, 2, 0);
            answer(assemble, "a", 10, 1);
            watermark(assemble, 15);

            assertThat(examples(assemble)).containsExactly("10 [0, 1, 2] label 1.0 weight 1.0");
        }
    }

    /** Of a late event; it leaves with the next step of the watermark, even a small one. */
    @Test
    void aLabelWaitsForAnAnswerThatComesBehindTheWatermark() throws Exception {
        try (var assemble = open(Duration.ofMillis(LATE_WINDOW), null)) {
            watermark(assemble, 20);
            label(assemble, "a", 10, 1, 15);
            answer(assemble, "a", 10, 0, 1);
            watermark(assemble, 30);
            assertThat(examples(assemble)).isEmpty();
            answer(assemble, "a", 10, 2);
            assertThat(examples(assemble)).isEmpty();

            watermark(assemble, 31);

            assertThat(examples(assemble)).containsExactly("10 [0, 1, 2] label 1.0 weight 1.0");
            watermark(assemble, 10 + LATE_WINDOW + 1);
            assertNothingIsLeft(assemble);
        }
    }

    @Test
    void anEventWithoutKeysNeedsNoAnswer() throws Exception {
        try (var assemble = open(Duration.ofMillis(LATE_WINDOW), null)) {
            assemble.processElement1(labelled("a", StreamKeys.NONE, 10, 0, 1, 0, 15), 15);
            watermark(assemble, 15);

            assertThat(examples(assemble)).containsExactly("10 [] label 0.0 weight 1.0");
        }
    }

    @Test
    void correctionsHaveTheValuesOfTheFirstLabelAndThenAllIsForgotten() throws Exception {
        try (var assemble = open(Duration.ofMillis(LATE_WINDOW), null)) {
            answer(assemble, "a", 10, 0, 1, 2);
            label(assemble, "a", 10, 0, 110);
            watermark(assemble, 110);
            assertThat(examples(assemble)).hasSize(1);

            long click = 10 + LATE_WINDOW;
            assemble.processElement1(labelled("a", KEYS, 10, 1, 1, 2, click), click);
            assemble.processElement1(labelled("a", KEYS, 10, 0, -1, 1, click), click);
            watermark(assemble, click);

            assertThat(examples(assemble))
                    .containsExactly(
                            "10 [0, 1, 2] label 0.0 weight 1.0",
                            "10 [0, 1, 2] label 0.0 weight -1.0",
                            "10 [0, 1, 2] label 1.0 weight 1.0");
            assertThat(assemble.numKeyedStateEntries()).isPositive();
            watermark(assemble, click + 1);
            assertNothingIsLeft(assemble);
        }
    }

    @Test
    void answersWithoutALabelAreForgottenToo() throws Exception {
        try (var assemble = open(Duration.ofMillis(LATE_WINDOW), null)) {
            answer(assemble, "a", 10, 0, 1, 2);
            assertThat(assemble.numKeyedStateEntries()).isPositive();

            watermark(assemble, 10 + LATE_WINDOW + 1);

            assertThat(examples(assemble)).isEmpty();
            assertNothingIsLeft(assemble);
        }
    }

    @Test
    void aRatingIsForgottenAsSoonAsItsExampleHasLeft() throws Exception {
        try (var assemble = open(null, null)) {
            label(assemble, "a", 10, 4, 10);
            watermark(assemble, 10);
            answer(assemble, "a", 10, 0, 1, 2);
            watermark(assemble, 11);

            assertThat(examples(assemble)).containsExactly("10 [0, 1, 2] label 4.0 weight 1.0");
            assertNothingIsLeft(assemble);
        }
    }

    /** As after a restore with a longer late window. */
    @Test
    void aLabelOfAnEventThatIsForgottenIsDroppedAndCounted() throws Exception {
        try (var assemble = open(Duration.ofMillis(LATE_WINDOW), null)) {
            label(assemble, "a", 10, 1, 500);
            watermark(assemble, 10 + LATE_WINDOW + 1);

            assertThat(examples(assemble)).isEmpty();
            assertThat(((Assemble<Example>) assemble.getOperator()).incomplete()).isEqualTo(1);
            assertNothingIsLeft(assemble);
        }
    }

    /** In the order of the times of their labels, then of ids. */
    @Test
    void theOrderOfExamplesDependsOnEventTimesAlone() throws Exception {
        List<String> expected = null;
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            try (var assemble = open(Duration.ofMillis(LATE_WINDOW), null)) {
                List<Callable<Void>> arriving = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    String id = "e" + i;
                    long time = 10 + i;
                    long known = 100 + i % 7;
                    float label = i % 3;
                    arriving.add(() -> answer(assemble, id, time, 0));
                    arriving.add(() -> answer(assemble, id, time, 1, 2));
                    arriving.add(() -> label(assemble, id, time, label, known));
                }
                Collections.shuffle(arriving, random);
                for (Callable<Void> part : arriving) {
                    part.call();
                }
                for (long mark = 90; mark < 120; mark += 1 + random.nextInt(5)) {
                    watermark(assemble, mark);
                }
                watermark(assemble, 120);
                List<String> examples = examples(assemble);
                expected = expected == null ? examples : expected;

                assertThat(examples).as("seed %d", seed).hasSize(20).isEqualTo(expected);
            }
        }
    }

    /** A step of the watermark may be long, as when a source has been idle. */
    @Test
    void labelsOfSeveralTimesLeaveInTheirOrderWhateverTheStepOfTheWatermark() throws Exception {
        try (var assemble = open(Duration.ofMillis(LATE_WINDOW), null)) {
            answer(assemble, "a", 10, 0, 1, 2);
            answer(assemble, "b", 11, 0, 1, 2);
            label(assemble, "a", 10, 0, 110);
            assemble.processElement1(labelled("a", KEYS, 10, 1, 1, 2, 900), 900);
            label(assemble, "b", 11, 1, 500);
            watermark(assemble, 1_000);

            assertThat(examples(assemble))
                    .containsExactly(
                            "10 [0, 1, 2] label 0.0 weight 1.0",
                            "11 [0, 1, 2] label 1.0 weight 1.0",
                            "10 [0, 1, 2] label 1.0 weight 1.0");
        }
    }

    @Test
    void whatWaitsAndWhatIsCompleteSurvivesARestore() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var assemble = open(Duration.ofMillis(LATE_WINDOW), null)) {
            answer(assemble, "complete", 10, 0, 1, 2);
            label(assemble, "complete", 10, 0, 20);
            answer(assemble, "waits", 11, 0, 1, 2);
            label(assemble, "waits", 11, 1, 40);
            answer(assemble, "unlabelled", 12, 1, 2);
            watermark(assemble, 30);
            checkpoint = assemble.snapshot(1, 1);
        }
        try (var assemble = open(Duration.ofMillis(LATE_WINDOW), checkpoint)) {
            watermark(assemble, 30);
            answer(assemble, "unlabelled", 12, 0);
            label(assemble, "unlabelled", 12, 0, 50);
            assemble.processElement1(labelled("complete", KEYS, 10, 1, 1, 2, 60), 60);
            watermark(assemble, 60);

            assertThat(examples(assemble))
                    .containsExactly(
                            "11 [0, 1, 2] label 1.0 weight 1.0",
                            "12 [0, 1, 2] label 0.0 weight 1.0",
                            "10 [0, 1, 2] label 1.0 weight 1.0");
            watermark(assemble, 12 + LATE_WINDOW + 1);
            assertNothingIsLeft(assemble);
        }
    }

    /** Answers of an event that is in flight belong to their groups, whatever the file says now. */
    @Test
    void answersKeepTheirGroupsWhenGroupsAreSwappedOrRemovedInTheFile() throws Exception {
        StreamFeature byUser =
                new StreamFeature.Count("user", List.of("user"), Occasion.IMPRESSION);
        StreamFeature byItem =
                new StreamFeature.Count("item", List.of("item"), Occasion.IMPRESSION);
        StreamKeys keys =
                new StreamKeys(
                        Map.of("by:user", List.of("ann"), "by:item", List.of("m")), Map.of());
        for (List<StreamFeature> before :
                List.of(List.of(byUser, byItem), List.of(byItem, byUser))) {
            StreamSpec old = new StreamSpec(before, List.of());
            OperatorSubtaskState checkpoint;
            try (var assemble = open(old, Duration.ofMillis(LATE_WINDOW), null)) {
                for (FeatureEvent asked : asked(old, keys)) {
                    byte row = (byte) (asked.group().equals("by:item") ? 7 : 8);
                    assemble.processElement2(
                            new FeatureAnswer("a", asked.part(), 10, new byte[] {row}), 10);
                }
                assemble.processElement1(labelled("a", keys, 10, 1, 1, 0, 15), 15);
                checkpoint = assemble.snapshot(1, 1);
            }
            assertThat(restored(List.of(byUser, byItem), checkpoint)).isEqualTo("[7, 8]");
            assertThat(restored(List.of(byItem, byUser), checkpoint)).isEqualTo("[7, 8]");
            assertThat(restored(List.of(byItem), checkpoint)).isEqualTo("[7]");
            assertThat(restored(List.of(byUser), checkpoint)).isEqualTo("[8]");
        }
    }

    /** As of an event that waited for its impression while the file was changed. */
    @Test
    void anEventAsksAllRowsItWaitsForWhenAGroupOfItsKeysIsRemoved() {
        assertThat(asked(SPEC, new StreamKeys(Map.of("by:a", List.of("x")), Map.of())))
                .containsExactly(
                        new FeatureEvent("by:a", "x", 10, FeatureEvent.SHOWN, "a", 0, null));
    }

    private static List<FeatureEvent> asked(StreamSpec spec, StreamKeys keys) {
        List<FeatureEvent> asked = new ArrayList<>();
        new RowEvents(KeyGroups.of(spec))
                .ask(keys, 10, "a", StreamUpdate.shown(10, keys), new ListCollector<>(asked));
        return asked;
    }

    private static String restored(List<StreamFeature> features, OperatorSubtaskState checkpoint)
            throws Exception {
        StreamSpec spec = new StreamSpec(features, List.of());
        try (var assemble = open(spec, Duration.ofMillis(LATE_WINDOW), checkpoint)) {
            watermark(assemble, 15);
            return examples(assemble).get(0).replaceAll("10 (.*) label.*", "$1");
        }
    }

    // -- the operator

    private static KeyedTwoInputStreamOperatorTestHarness<
                    String, LabelledDraft<Example>, FeatureAnswer, Example>
            open(@Nullable Duration lateWindow, @Nullable OperatorSubtaskState checkpoint)
                    throws Exception {
        return open(SPEC, lateWindow, checkpoint);
    }

    private static KeyedTwoInputStreamOperatorTestHarness<
                    String, LabelledDraft<Example>, FeatureAnswer, Example>
            open(
                    StreamSpec spec,
                    @Nullable Duration lateWindow,
                    @Nullable OperatorSubtaskState checkpoint)
                    throws Exception {
        var harness =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        new Assemble<>(
                                List.of(spec),
                                () -> AssembleTest::complete,
                                ExampleSerializer.TYPE,
                                LabelledDraftSerializer.type(new ExampleSerializer()),
                                lateWindow),
                        LabelledDraft::id,
                        FeatureAnswer::id,
                        Types.STRING);
        if (checkpoint != null) {
            harness.initializeState(checkpoint);
        }
        harness.open();
        return harness;
    }

    /** The first bytes of rows, in the order of the ids of their groups. */
    private static Example complete(Example lacking, Map<String, List<byte[]>> rows) {
        List<Float> parts = new ArrayList<>();
        for (List<byte[]> group : new TreeMap<>(rows).values()) {
            group.forEach(row -> parts.add((float) row[0]));
        }
        float[] numeric = new float[parts.size()];
        for (int i = 0; i < numeric.length; i++) {
            numeric[i] = parts.get(i);
        }
        return new Example(
                lacking.keys(),
                lacking.ends(),
                numeric,
                lacking.label(),
                lacking.weight(),
                lacking.eventTime());
    }

    private static Void answer(
            KeyedTwoInputStreamOperatorTestHarness<
                            String, LabelledDraft<Example>, FeatureAnswer, Example>
                    assemble,
            String id,
            long time,
            int... parts)
            throws Exception {
        for (int part : parts) {
            assemble.processElement2(
                    new FeatureAnswer(id, part, time, new byte[] {(byte) part}), time);
        }
        return null;
    }

    private static Void label(
            KeyedTwoInputStreamOperatorTestHarness<
                            String, LabelledDraft<Example>, FeatureAnswer, Example>
                    assemble,
            String id,
            long eventTime,
            float label,
            long time)
            throws Exception {
        assemble.processElement1(labelled(id, KEYS, eventTime, label, 1, 0, time), time);
        return null;
    }

    private static LabelledDraft<Example> labelled(
            String id,
            StreamKeys keys,
            long eventTime,
            float label,
            float weight,
            int rank,
            long time) {
        Example example =
                new Example(new long[0], new int[0], new float[0], label, weight, eventTime);
        return new LabelledDraft<>(id, new Draft<>(example, keys), rank, time);
    }

    private static void watermark(
            KeyedTwoInputStreamOperatorTestHarness<
                            String, LabelledDraft<Example>, FeatureAnswer, Example>
                    assemble,
            long time)
            throws Exception {
        assemble.processWatermark1(new Watermark(time));
        assemble.processWatermark2(new Watermark(time));
    }

    private static List<String> examples(
            KeyedTwoInputStreamOperatorTestHarness<
                            String, LabelledDraft<Example>, FeatureAnswer, Example>
                    assemble) {
        return assemble.extractOutputValues().stream().map(AssembleTest::text).toList();
    }

    private static String text(Example example) {
        List<Integer> parts = new ArrayList<>();
        for (float part : example.numeric()) {
            parts.add((int) part);
        }
        return example.eventTime()
                + " "
                + parts
                + " label "
                + example.label()
                + " weight "
                + example.weight();
    }

    private static void assertNothingIsLeft(
            KeyedTwoInputStreamOperatorTestHarness<
                            String, LabelledDraft<Example>, FeatureAnswer, Example>
                    assemble) {
        assertThat(assemble.numKeyedStateEntries()).isZero();
        assertThat(assemble.numEventTimeTimers()).isZero();
    }
}
