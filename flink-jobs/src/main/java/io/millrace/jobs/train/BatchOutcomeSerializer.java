package io.millrace.jobs.train;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.jobs.wire.WireArrays;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** {@link BatchOutcome} on the wire. */
public final class BatchOutcomeSerializer extends ImmutableSerializer<BatchOutcome> {

    public static final SerializerTypeInfo<BatchOutcome> TYPE =
            SerializerTypeInfo.of(BatchOutcome.class, BatchOutcomeSerializer::new);

    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(BatchOutcome outcome, DataOutputView target) throws IOException {
        WireArrays.write(outcome.labels(), target);
        target.writeInt(outcome.predictions().length);
        for (float[] predictions : outcome.predictions()) {
            WireArrays.write(predictions, target);
        }
        WireArrays.write(outcome.importances(), target);
        target.writeLong(outcome.maxEventTime());
    }

    @Override
    public BatchOutcome deserialize(DataInputView source) throws IOException {
        float[] labels = WireArrays.readFloats(source);
        float[][] predictions = new float[source.readInt()][];
        for (int sync = 0; sync < predictions.length; sync++) {
            predictions[sync] = WireArrays.readFloats(source);
        }
        return new BatchOutcome(
                labels, predictions, WireArrays.readFloats(source), source.readLong());
    }
}
