package io.millrace.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.label.LabelOutcome;
import io.millrace.jobs.label.LabelOutcome.Why;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.example.Example;
import io.millrace.model.stream.Profile;
import io.millrace.model.stream.StreamFeature;
import io.millrace.model.stream.StreamFeature.Occasion;
import io.millrace.model.stream.StreamKeys;
import io.millrace.model.stream.StreamSpec;
import io.millrace.model.stream.StreamUpdate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

class OutcomeQuestionsTest {

    private static final long SHOWN = 100;
    private static final long WINDOW = 1_000;
    private static final OutputTag<LabelledDraft<Example>> LABELLED =
            new OutputTag<>("labelled", LabelledDraftSerializer.type(new ExampleSerializer()));

    /** Labels change rows by user; rows by shop count impressions alone. */
    private static final StreamSpec SPEC =
            new StreamSpec(
                    List.of(
                            new StreamFeature.Mean("mean", List.of("user"), 0, null, 1, null),
                            new StreamFeature.Count("seen", List.of("shops"), Occasion.IMPRESSION)),
                    List.of(new Profile("users", "user")));

    private static final StreamKeys KEYS =
            new StreamKeys(
                    Map.of(
                            "by:user", List.of("ann"),
                            "by:shops", List.of("x", "y"),
                            "profile:users", List.of("ann")),
                    Map.of());

    private static final Draft<Example> DRAFT =
            new Draft<>(new Example(new long[0], new int[0], new float[0], 0, 1, SHOWN), KEYS);

    @Test
    void anImpressionAsksAllRowsAndChangesThoseThatItConcerns() throws Exception {
        try (var questions = open(true)) {
            questions.processElement(new LabelOutcome.Shown<>("i", DRAFT), SHOWN);

            StreamUpdate shown = StreamUpdate.shown(SHOWN, KEYS);
            assertThat(questions.extractOutputValues())
                    .containsExactlyInAnyOrder(
                            ask("by:shops", "x", 0, shown),
                            ask("by:shops", "y", 1, shown),
                            ask("by:user", "ann", 2, null),
                            ask("profile:users", "ann", 3, null));
            assertThat(labelled(questions)).isEmpty();
        }
    }

    @Test
    void labelsChangeRowsWhenTheyAreKnown() throws Exception {
        long end = SHOWN + WINDOW;
        try (var questions = open(true)) {
            label(questions, Why.CLICK, 150);
            label(questions, Why.TIMEOUT, end);
            label(questions, Why.REVERSAL, 2_000);
            label(questions, Why.CORRECTION, 2_000);

            assertThat(questions.extractOutputValues())
                    .containsExactly(
                            change(150, 1, StreamUpdate.clicked(150, KEYS)),
                            change(end, 0, StreamUpdate.timedOut(end)),
                            change(2_000, 1, StreamUpdate.reversed(2_000, end)),
                            change(2_000, 2, StreamUpdate.clicked(2_000, KEYS)));
            assertThat(labelled(questions))
                    .containsExactly("i 1 150", "i 0 1100", "i 1 2000", "i 2 2000");
        }
    }

    @Test
    void aNegativeThatIsNotLearnedCountsAllTheSame() throws Exception {
        try (var questions = open(true)) {
            questions.processElement(
                    new LabelOutcome.Unsampled<>("i", DRAFT, Why.TIMEOUT, 1_100), 1_100);

            assertThat(questions.extractOutputValues())
                    .containsExactly(change(1_100, 0, StreamUpdate.timedOut(1_100)));
            assertThat(labelled(questions)).isEmpty();
        }
    }

    /** The label 0 counts with the impression, and a click replaces it. */
    @Test
    void withoutWaitingTheImpressionIsANegative() throws Exception {
        try (var questions = open(false)) {
            questions.processElement(new LabelOutcome.Shown<>("i", DRAFT), SHOWN);
            label(questions, Why.SHOWN, SHOWN);
            label(questions, Why.CLICK, 150);

            StreamUpdate negative = StreamUpdate.shownAsNegative(SHOWN, KEYS);
            assertThat(questions.extractOutputValues())
                    .containsExactlyInAnyOrder(
                            ask("by:shops", "x", 0, negative),
                            ask("by:shops", "y", 1, negative),
                            ask("by:user", "ann", 2, negative),
                            ask("profile:users", "ann", 3, null),
                            change(150, 1, StreamUpdate.clickedAfterNegative(150, SHOWN, KEYS)));
            assertThat(labelled(questions)).containsExactly("i 0 100", "i 1 150");
        }
    }

    private static OneInputStreamOperatorTestHarness<LabelOutcome<Draft<Example>>, FeatureEvent>
            open(boolean waits) throws Exception {
        var harness =
                new OneInputStreamOperatorTestHarness<LabelOutcome<Draft<Example>>, FeatureEvent>(
                        new ProcessOperator<>(
                                new OutcomeQuestions<>(
                                        List.of(SPEC),
                                        waits,
                                        Duration.ofMillis(WINDOW),
                                        LABELLED)));
        harness.open();
        return harness;
    }

    private static void label(
            OneInputStreamOperatorTestHarness<LabelOutcome<Draft<Example>>, FeatureEvent> questions,
            Why why,
            long time)
            throws Exception {
        questions.processElement(new LabelOutcome.Labelled<>("i", DRAFT, why, time), time);
    }

    private static List<String> labelled(
            OneInputStreamOperatorTestHarness<LabelOutcome<Draft<Example>>, FeatureEvent>
                    questions) {
        var aside = questions.getSideOutput(LABELLED);
        return aside == null
                ? List.of()
                : aside.stream()
                        .map(StreamRecord::getValue)
                        .map(one -> one.id() + " " + one.rank() + " " + one.time())
                        .toList();
    }

    private static FeatureEvent ask(String group, String key, int part, StreamUpdate update) {
        return new FeatureEvent(group, key, SHOWN, FeatureEvent.SHOWN, "i", part, update);
    }

    private static FeatureEvent change(long time, int rank, StreamUpdate update) {
        return new FeatureEvent(
                "by:user",
                "ann",
                time,
                FeatureEvent.LABELLED + rank,
                "i",
                FeatureEvent.NO_QUESTION,
                update);
    }
}
