package io.millrace.jobs.feature;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.jobs.wire.WireArrays;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** {@link FeatureAnswer} on the wire. Not for state. */
final class FeatureAnswerSerializer extends ImmutableSerializer<FeatureAnswer> {

    static final SerializerTypeInfo<FeatureAnswer> TYPE =
            SerializerTypeInfo.of(FeatureAnswer.class, FeatureAnswerSerializer::new);

    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(FeatureAnswer answer, DataOutputView target) throws IOException {
        StringValue.writeString(answer.id(), target);
        target.writeInt(answer.part());
        target.writeLong(answer.time());
        WireArrays.write(answer.row(), target);
    }

    @Override
    public FeatureAnswer deserialize(DataInputView source) throws IOException {
        return new FeatureAnswer(
                StringValue.readString(source),
                source.readInt(),
                source.readLong(),
                WireArrays.readBytes(source));
    }

    @Override
    public TypeSerializerSnapshot<FeatureAnswer> snapshotConfiguration() {
        throw new UnsupportedOperationException("answers are never kept in state");
    }
}
