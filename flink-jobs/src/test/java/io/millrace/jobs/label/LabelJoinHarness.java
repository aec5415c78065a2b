package io.millrace.jobs.label;

import io.millrace.jobs.config.PipelineConfig.Labels;
import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
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
import org.apache.flink.streaming.api.operators.AbstractUdfStreamOperator;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** The label join alone, with windows of a second and three. */
final class LabelJoinHarness implements AutoCloseable {

    static final long WINDOW = 1_000;
    static final long LATE = 3_000;

    /** A correction is possible. */
    static final LabelSettings WAIT =
            new LabelSettings(labels(Policy.WAIT, WINDOW, LATE), 1, LabelSettings.AtEnd.NEGATIVE);

    static final LabelSettings IMMEDIATE =
            new LabelSettings(
                    labels(Policy.IMMEDIATE, WINDOW, LATE), 1, LabelSettings.AtEnd.NEGATIVE);

    /** At most. */
    static final int SUBTASKS = 8;

    private final KeyedOneInputStreamOperatorTestHarness<
                    String, LabelEvent<Example>, LabelOutcome<Example>>
            join;

    private LabelJoinHarness(LabelSettings settings, int subtasks, int subtask) throws Exception {
        this(LabelJoin.operator(settings, new ExampleSerializer()), subtasks, subtask);
    }

    private LabelJoinHarness(
            OneInputStreamOperator<LabelEvent<Example>, LabelOutcome<Example>> operator,
            int subtasks,
            int subtask)
            throws Exception {
        join =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        operator,
                        LabelEvent::impressionId,
                        Types.STRING,
                        SUBTASKS,
                        subtasks,
                        subtask);
        join.setup(
                LabelOutcomeSerializer.type(new ExampleSerializer())
                        .createSerializer(new SerializerConfigImpl()));
    }

    static Labels labels(Policy policy, long window, long late) {
        return new Labels(policy, Duration.ofMillis(window), Duration.ofMillis(late));
    }

    static LabelJoinHarness open(LabelSettings settings) throws Exception {
        LabelJoinHarness harness = new LabelJoinHarness(settings, 1, 0);
        harness.join.open();
        return harness;
    }

    /** What writes the state that version 0.1.0 wrote. */
    static LabelJoinHarness openOf010() throws Exception {
        LabelJoinHarness harness =
                new LabelJoinHarness(new KeyedProcessOperator<>(new LabelStateOf010(WINDOW)), 1, 0);
        harness.join.open();
        return harness;
    }

    /** What writes the state that was written from then on, until it was one record. */
    static LabelJoinHarness openOfFour() throws Exception {
        LabelJoinHarness harness =
                new LabelJoinHarness(
                        new KeyedProcessOperator<>(new LabelStateInFour(WINDOW, LATE)), 1, 0);
        harness.join.open();
        return harness;
    }

    static LabelJoinHarness restore(LabelSettings settings, OperatorSubtaskState state)
            throws Exception {
        return restore(settings, state, 1, 0);
    }

    static LabelJoinHarness restore(
            LabelSettings settings, OperatorSubtaskState state, int subtasks, int subtask)
            throws Exception {
        LabelJoinHarness harness = new LabelJoinHarness(settings, subtasks, subtask);
        harness.join.initializeState(state);
        harness.join.open();
        return harness;
    }

    void impress(String id, long time) throws Exception {
        impress(id, time, null);
    }

    void impress(String id, long time, Received received) throws Exception {
        Example example = new Example(new long[] {1}, new int[] {1}, mark(id), 0, 1, time);
        join.processElement(
                new StreamRecord<>(new LabelEvent.Impressed<>(id, example, received), time));
    }

    void click(String id, long time, long offset) throws Exception {
        Origin origin = new Origin("clicks", 3, offset, time + 17);
        Clicked click = new Clicked(id, time, origin, payload(id));
        join.processElement(new StreamRecord<>(new LabelEvent.OfClick<>(click), time));
    }

    void watermark(long time) throws Exception {
        join.processWatermark(new Watermark(time));
    }

    OperatorSubtaskState snapshot() throws Exception {
        return join.snapshot(1, 0);
    }

    List<LabelOutcome<Example>> outcomes() {
        return join.extractOutputValues();
    }

    /** Those that are learned, each as {@code id why label weight time}. */
    List<String> learned() {
        return outcomes().stream()
                .filter(LabelOutcome.Labelled.class::isInstance)
                .map(LabelJoinHarness::text)
                .toList();
    }

    /** All outcomes, in the order in which they came. */
    List<String> told() {
        return outcomes().stream().map(LabelJoinHarness::text).toList();
    }

    static String text(LabelOutcome<Example> outcome) {
        if (outcome instanceof LabelOutcome.Labelled<Example> labelled) {
            return outcome.impressionId() + text(outcome, labelled.why(), labelled.time());
        }
        if (outcome instanceof LabelOutcome.Unsampled<Example> unsampled) {
            return outcome.impressionId()
                    + " unsampled"
                    + text(outcome, unsampled.why(), unsampled.time());
        }
        return outcome.impressionId() + " shown";
    }

    private static String text(LabelOutcome<Example> outcome, LabelOutcome.Why why, long time) {
        Example example = outcome.example();
        return " " + why + " " + (int) example.label() + " " + (int) example.weight() + " " + time;
    }

    List<DeadLetter> deadLetters() {
        return side(LabelJoin.DEAD_LETTERS);
    }

    List<Long> unlabelled() {
        return side(LabelJoin.UNLABELLED);
    }

    List<LabelNote> notes() {
        return side(LabelJoin.NOTES);
    }

    private <T> List<T> side(OutputTag<T> tag) {
        var records = join.getSideOutput(tag);
        return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
    }

    long waiting() {
        var operator = (AbstractUdfStreamOperator<?, ?>) join.getOperator();
        return ((LabelJoin<?>) operator.getUserFunction()).waiting();
    }

    int stateEntries() {
        return join.numKeyedStateEntries();
    }

    int timers() {
        return join.numEventTimeTimers();
    }

    static byte[] payload(String id) {
        return ("bytes of " + id).getBytes(StandardCharsets.UTF_8);
    }

    /** What tells the examples apart. */
    static float[] mark(String id) {
        return new float[] {id.hashCode()};
    }

    @Override
    public void close() throws Exception {
        join.close();
    }
}
