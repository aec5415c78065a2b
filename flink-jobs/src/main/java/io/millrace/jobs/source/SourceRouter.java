package io.millrace.jobs.source;

import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.codec.UndecodableException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Stands right behind a source: sends events on, dead letters aside, and before each barrier tells
 * the version how far every partition has been read. Barriers start at the source, so what passed
 * here before one is exactly what the checkpoint has consumed. Positions of partitions that have
 * been silent since a restore are kept where versions are assembled.
 */
final class SourceRouter<T> extends AbstractStreamOperator<T>
        implements OneInputStreamOperator<Sourced<T>, T> {

    static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", EventTypes.DEAD_LETTER);
    static final OutputTag<VersionPiece> POSITIONS =
            new OutputTag<>("positions", VersionPiece.TYPE);

    private static final long serialVersionUID = 1L;

    // -- configuration

    private final boolean byArrival;

    // -- runtime

    private transient Map<TopicPartition, Long> nextOffsets;
    private transient Counter deadLetters;
    private transient Map<String, Counter> deadLettersByReason;
    private transient boolean finished;

    /**
     * @param byArrival whether events go on with the time of their arrival rather than their own
     */
    SourceRouter(boolean byArrival) {
        this.byArrival = byArrival;
    }

    @Override
    public void open() throws Exception {
        super.open();
        nextOffsets = new HashMap<>();
        LogContext.enter(getRuntimeContext());
        deadLetters = getMetricGroup().counter(MetricNames.DEAD_LETTERS);
        deadLettersByReason = new HashMap<>();
        // From the start, or a rate would miss the first of each.
        Stream.of(UndecodableException.Reason.values()).forEach(r -> ofReason(r.name()));
        Stream.of(DeadLetters.INVALID_VALUE, DeadLetters.INVALID_TIME).forEach(this::ofReason);
    }

    @Override
    public void processElement(StreamRecord<Sourced<T>> element) {
        Sourced<T> sourced = element.getValue();
        Origin origin = sourced.origin();
        nextOffsets.put(
                new TopicPartition(origin.topic(), origin.partition()), origin.offset() + 1);
        if (sourced instanceof Sourced.Event<T> event) {
            long time = byArrival ? origin.arrivalTime() : event.eventTime();
            output.collect(new StreamRecord<>(event.value(), time));
        } else if (sourced instanceof Sourced.Rejected<T> rejected) {
            deadLetters.inc();
            ofReason(rejected.letter().getReason()).inc();
            output.collect(DEAD_LETTERS, new StreamRecord<>(rejected.letter()));
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        if (!finished) {
            emitPositions();
        }
    }

    @Override
    public void finish() throws Exception {
        emitPositions();
        finished = true;
        super.finish();
    }

    private Counter ofReason(String reason) {
        return deadLettersByReason.computeIfAbsent(
                reason,
                found ->
                        getMetricGroup()
                                .addGroup(MetricNames.REASON, found)
                                .counter(MetricNames.DEAD_LETTERS));
    }

    private void emitPositions() {
        nextOffsets
                .entrySet()
                .forEach(entry -> output.collect(POSITIONS, new StreamRecord<>(position(entry))));
    }

    private static VersionPiece position(Map.Entry<TopicPartition, Long> entry) {
        return new VersionPiece.Position(
                entry.getKey().topic(), entry.getKey().partition(), entry.getValue());
    }

    private record TopicPartition(String topic, int partition) {}
}
