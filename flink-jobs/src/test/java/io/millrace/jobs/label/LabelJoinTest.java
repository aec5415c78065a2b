package io.millrace.jobs.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.millrace.jobs.source.DeadLetters;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.example.Example;
import io.millrace.schemas.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LabelJoinTest {

    /** At most. */
    private static final int SUBTASKS = 8;

    private static final long WINDOW = 1_000;
    private static final long SHOWN = 10_000;

    private KeyedOneInputStreamOperatorTestHarness<String, LabelEvent<Example>, Example> join;

    @BeforeEach
    void open() throws Exception {
        join = harness(LabelJoin.AtEnd.NEGATIVE);
        join.open();
    }

    @AfterEach
    void close() throws Exception {
        join.close();
    }

    @Test
    void usageExample() throws Exception {
        impress("a", SHOWN);
        impress("b", SHOWN);
        click("a", SHOWN + 300, 0);
        watermark(SHOWN + WINDOW);

        assertThat(join.extractOutputValues())
                .extracting(Example::numeric, Example::label, Example::weight, Example::eventTime)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(tuple(mark("a"), 1f, 1f, SHOWN), tuple(mark("b"), 0f, 1f, SHOWN));
        assertNothingIsLeft();
    }

    @Test
    void aClickMakesAPositiveAtOnce() throws Exception {
        impress("a", SHOWN);
        assertThat(labels()).isEmpty();

        click("a", SHOWN + 1, 0);

        assertThat(labels()).containsExactly(1f);
        watermark(Long.MAX_VALUE);
        assertThat(labels()).containsExactly(1f);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void anImpressionWithoutAClickIsANegativeWhenItsWindowEnds() throws Exception {
        impress("a", SHOWN);

        watermark(SHOWN + WINDOW - 1);
        assertThat(labels()).isEmpty();

        watermark(SHOWN + WINDOW);
        assertThat(labels()).containsExactly(0f);
        assertNothingIsLeft();
    }

    @Test
    void aClickThatComesFirstWaitsForItsImpression() throws Exception {
        click("a", SHOWN + 1, 0);
        assertThat(labels()).isEmpty();

        impress("a", SHOWN);

        assertThat(labels()).containsExactly(1f);
        watermark(SHOWN + WINDOW);
        assertThat(labels()).containsExactly(1f);
        assertThat(deadLetters()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void theWindowIncludesBothOfItsEnds() throws Exception {
        impress("a", SHOWN);
        click("a", SHOWN, 0);
        impress("b", SHOWN);
        click("b", SHOWN + WINDOW, 1);

        assertThat(labels()).containsExactly(1f, 1f);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aClickOutsideTheWindowIsSetAsideAndLeavesTheImpressionItsChance() throws Exception {
        impress("a", SHOWN);
        click("a", SHOWN - 1, 7);
        click("a", SHOWN + WINDOW + 1, 8);
        assertThat(labels()).isEmpty();
        assertThat(deadLetters()).extracting(DeadLetter::getOffset).containsExactly(7L, 8L);

        click("a", SHOWN + 5, 9);

        assertThat(labels()).containsExactly(1f);
        assertThat(deadLetters()).hasSize(2);
    }

    @Test
    void anEarlyClickOutsideTheWindowIsSetAsideWhenTheImpressionComes() throws Exception {
        click("a", SHOWN - 1, 7);
        impress("a", SHOWN);

        assertThat(deadLetters()).extracting(DeadLetter::getOffset).containsExactly(7L);
        watermark(SHOWN + WINDOW);
        assertThat(labels()).containsExactly(0f);
        assertThat(deadLetters()).hasSize(1);
        assertNothingIsLeft();
    }

    @Test
    void aClickWithoutAnImpressionIsSetAsideAfterTheWindow() throws Exception {
        click("a", SHOWN, 7);

        watermark(SHOWN + WINDOW - 1);
        assertThat(deadLetters()).isEmpty();

        watermark(SHOWN + WINDOW);
        assertThat(labels()).isEmpty();
        DeadLetter letter = deadLetters().get(0);
        assertThat(letter.getTopic()).isEqualTo("clicks");
        assertThat(letter.getPartition()).isEqualTo(3);
        assertThat(letter.getOffset()).isEqualTo(7);
        assertThat(letter.getTimestamp()).isEqualTo(SHOWN + 17);
        assertThat(letter.getPayload().array()).isEqualTo(payload("a"));
        assertThat(letter.getReason()).isEqualTo(DeadLetters.UNMATCHED_CLICK);
        assertThat(letter.getDetail()).contains("impression a").contains("PT1S");
        assertNothingIsLeft();
    }

    @Test
    void duplicatesChangeNothing() throws Exception {
        impress("a", SHOWN);
        impress("a", SHOWN + 1);
        click("a", SHOWN + 2, 0);
        click("a", SHOWN + 3, 1);
        impress("a", SHOWN + 4);
        click("b", SHOWN + 5, 2);
        impress("b", SHOWN + 5);
        impress("b", SHOWN + 6);
        click("b", SHOWN + 6, 3);
        watermark(Long.MAX_VALUE);

        assertThat(join.extractOutputValues())
                .extracting(Example::label, Example::eventTime)
                .containsExactly(tuple(1f, SHOWN), tuple(1f, SHOWN + 5));
        assertThat(deadLetters()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void theSecondClickToWaitForAnImpressionIsSetAside() throws Exception {
        click("a", SHOWN + 1, 7);
        click("a", SHOWN + 2, 8);
        impress("a", SHOWN);
        watermark(SHOWN + WINDOW);

        assertThat(labels()).containsExactly(1f);
        assertThat(deadLetters()).extracting(DeadLetter::getOffset).containsExactly(8L);
        assertNothingIsLeft();
    }

    @Test
    void theEndOfTheInputMakesNegativesWhereNobodyClicksAnyMore() throws Exception {
        impress("a", SHOWN);
        watermark(Long.MAX_VALUE);

        assertThat(labels()).containsExactly(0f);
        assertThat(unlabelled()).isEmpty();
    }

    @Test
    void theEndOfTheInputLeavesOpenWindowsWithoutALabel() throws Exception {
        join.close();
        join = harness(LabelJoin.AtEnd.UNKNOWN);
        join.open();
        impress("ended", SHOWN);
        impress("open", SHOWN + 1);
        impress("clicked", SHOWN + 1);
        click("clicked", SHOWN + 2, 0);
        click("never shown", SHOWN + 2, 7);
        watermark(SHOWN + WINDOW);
        assertThat(labels()).containsExactly(1f, 0f);

        watermark(Long.MAX_VALUE);

        assertThat(labels()).containsExactly(1f, 0f);
        assertThat(unlabelled()).containsExactly(SHOWN + 1);
        assertThat(deadLetters()).extracting(DeadLetter::getOffset).containsExactly(7L);
        assertNothingIsLeft();
    }

    @Test
    void stateSurvivesARestore() throws Exception {
        impress("clicked later", SHOWN);
        impress("never clicked", SHOWN);
        impress("clicked before", SHOWN);
        click("clicked before", SHOWN + 1, 0);
        click("shown later", SHOWN + 1, 1);
        click("never shown", SHOWN + 1, 2);
        OperatorSubtaskState snapshot = join.snapshot(1, 0);
        join.close();

        join = harness(LabelJoin.AtEnd.NEGATIVE);
        join.initializeState(snapshot);
        join.open();
        click("clicked later", SHOWN + 2, 3);
        click("clicked before", SHOWN + 2, 4);
        impress("shown later", SHOWN);
        watermark(SHOWN + WINDOW + 1);

        assertThat(join.extractOutputValues())
                .extracting(Example::numeric, Example::label)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        tuple(mark("clicked later"), 1f),
                        tuple(mark("shown later"), 1f),
                        tuple(mark("never clicked"), 0f));
        assertThat(deadLetters()).extracting(DeadLetter::getOffset).containsExactly(2L);
        assertThat(deadLetters().get(0).getPayload().array()).isEqualTo(payload("never shown"));
        assertNothingIsLeft();
    }

    @Test
    void countsTheImpressionsThatWait() throws Exception {
        impress("clicked", SHOWN);
        impress("clicked", SHOWN);
        impress("not clicked", SHOWN);
        click("clicked before", SHOWN + 1, 0);
        impress("clicked before", SHOWN);
        click("too early", SHOWN - 1, 1);
        impress("too early", SHOWN);
        assertThat(waiting(join)).isEqualTo(3);

        click("clicked", SHOWN + 1, 2);
        click("clicked", SHOWN + 2, 3);
        assertThat(waiting(join)).isEqualTo(2);

        watermark(SHOWN + WINDOW);
        assertNothingIsLeft();
    }

    @Test
    void twoSubtasksTogetherCountWhatWaitedInOne() throws Exception {
        for (String id : List.of("a", "b", "c", "d", "e")) {
            impress(id, SHOWN);
        }
        OperatorSubtaskState snapshot = join.snapshot(1, 0);

        long waiting = 0;
        long labelled = 0;
        for (int subtask = 0; subtask < 2; subtask++) {
            try (var half = harness(LabelJoin.AtEnd.NEGATIVE, 2, subtask)) {
                half.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                snapshot, SUBTASKS, 1, 2, subtask));
                half.open();
                waiting += waiting(half);
                half.processWatermark(new Watermark(SHOWN + WINDOW));
                labelled += half.extractOutputValues().size();
                waiting += waiting(half);
            }
        }

        assertThat(labelled).isEqualTo(5);
        assertThat(waiting).isEqualTo(5);
    }

    private void assertNothingIsLeft() {
        assertThat(join.numKeyedStateEntries()).isZero();
        assertThat(join.numEventTimeTimers()).isZero();
        assertThat(waiting(join)).isZero();
    }

    private void impress(String id, long time) throws Exception {
        Example example = new Example(new long[] {1}, new int[] {1}, mark(id), 0, 1, time);
        join.processElement(new StreamRecord<>(new LabelEvent.Impressed<>(id, example), time));
    }

    private void click(String id, long time, long offset) throws Exception {
        Origin origin = new Origin("clicks", 3, offset, time + 17);
        Clicked click = new Clicked(id, time, origin, payload(id));
        join.processElement(new StreamRecord<>(new LabelEvent.OfClick<>(click), time));
    }

    private void watermark(long time) throws Exception {
        join.processWatermark(new Watermark(time));
    }

    private List<Float> labels() {
        return join.extractOutputValues().stream().map(Example::label).toList();
    }

    private List<DeadLetter> deadLetters() {
        var records = join.getSideOutput(LabelJoin.DEAD_LETTERS);
        return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
    }

    private List<Long> unlabelled() {
        var records = join.getSideOutput(LabelJoin.UNLABELLED);
        return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
    }

    private static byte[] payload(String id) {
        return ("bytes of " + id).getBytes(StandardCharsets.UTF_8);
    }

    private static long waiting(
            KeyedOneInputStreamOperatorTestHarness<String, LabelEvent<Example>, Example> join) {
        var operator = (KeyedProcessOperator<?, ?, ?>) join.getOperator();
        return ((LabelJoin<?>) operator.getUserFunction()).waiting();
    }

    /** What tells the examples apart. */
    private static float[] mark(String id) {
        return new float[] {id.hashCode()};
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, LabelEvent<Example>, Example>
            harness(LabelJoin.AtEnd atEnd) throws Exception {
        return harness(atEnd, 1, 0);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, LabelEvent<Example>, Example>
            harness(LabelJoin.AtEnd atEnd, int subtasks, int subtask) throws Exception {
        var harness =
                new KeyedOneInputStreamOperatorTestHarness<String, LabelEvent<Example>, Example>(
                        new KeyedProcessOperator<>(
                                new LabelJoin<>(
                                        Duration.ofMillis(WINDOW), ExampleSerializer.TYPE, atEnd)),
                        LabelEvent::impressionId,
                        Types.STRING,
                        SUBTASKS,
                        subtasks,
                        subtask);
        harness.setup(ExampleSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
        return harness;
    }
}
