package io.millrace.jobs.train;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.jobs.wire.WireArrays;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** {@link ShardRequest} on the wire; it never rests in state, since requests are drained first. */
public final class ShardRequestSerializer extends ImmutableSerializer<ShardRequest> {

    static final SerializerTypeInfo<ShardRequest> TYPE =
            SerializerTypeInfo.of(ShardRequest.class, ShardRequestSerializer::new);

    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(ShardRequest request, DataOutputView target) throws IOException {
        target.writeBoolean(request instanceof ShardRequest.Push);
        target.writeInt(request.trainer().subtask());
        target.writeLong(request.trainer().life());
        target.writeLong(request.batch());
        WireArrays.write(request.keys(), target);
        if (request instanceof ShardRequest.Push push) {
            WireArrays.write(push.examples(), target);
            WireArrays.write(push.gradients(), target);
            target.writeLong(push.eventTime());
        }
    }

    @Override
    public ShardRequest deserialize(DataInputView source) throws IOException {
        boolean push = source.readBoolean();
        TrainerId trainer = new TrainerId(source.readInt(), source.readLong());
        long batch = source.readLong();
        long[] keys = WireArrays.readLongs(source);
        return push
                ? new ShardRequest.Push(
                        trainer,
                        batch,
                        keys,
                        WireArrays.readInts(source),
                        WireArrays.readFloats(source),
                        source.readLong())
                : new ShardRequest.Pull(trainer, batch, keys);
    }
}
