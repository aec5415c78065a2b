package io.millrace.jobs.listing;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** {@link ListedExample} between operators and in state, which no listing outlives. */
public final class ListedExampleSerializer extends ImmutableSerializer<ListedExample> {

    static final SerializerTypeInfo<ListedExample> TYPE =
            SerializerTypeInfo.of(ListedExample.class, ListedExampleSerializer::new);

    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(ListedExample example, DataOutputView target) throws IOException {
        StringValue.writeString(example.id(), target);
        target.writeLong(example.line());
        StringValue.writeString(example.user(), target);
        StringValue.writeString(example.item(), target);
        StringValue.writeString(example.features(), target);
        target.writeFloat(example.label());
        target.writeFloat(example.weight());
        target.writeLong(example.eventTime());
    }

    @Override
    public ListedExample deserialize(DataInputView source) throws IOException {
        return new ListedExample(
                StringValue.readString(source),
                source.readLong(),
                StringValue.readString(source),
                StringValue.readString(source),
                StringValue.readString(source),
                source.readFloat(),
                source.readFloat(),
                source.readLong());
    }
}
