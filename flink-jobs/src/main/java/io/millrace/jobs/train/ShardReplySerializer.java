package io.millrace.jobs.train;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.jobs.wire.WireArrays;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** {@link ShardReply} on the wire. */
public final class ShardReplySerializer extends ImmutableSerializer<ShardReply> {

    static final SerializerTypeInfo<ShardReply> TYPE =
            SerializerTypeInfo.of(ShardReply.class, ShardReplySerializer::new);

    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(ShardReply reply, DataOutputView target) throws IOException {
        target.writeInt(reply.trainer().subtask());
        target.writeLong(reply.trainer().life());
        target.writeLong(reply.batch());
        target.writeInt(reply.shard());
        WireArrays.write(reply.weights(), target);
        WireArrays.write(reply.examples(), target);
        WireArrays.write(reply.frozen(), target);
        WireArrays.write(reply.standings(), target);
    }

    @Override
    public ShardReply deserialize(DataInputView source) throws IOException {
        return new ShardReply(
                new TrainerId(source.readInt(), source.readLong()),
                source.readLong(),
                source.readInt(),
                WireArrays.readFloats(source),
                WireArrays.readLongs(source),
                WireArrays.readFloats(source),
                WireArrays.readBytes(source));
    }
}
