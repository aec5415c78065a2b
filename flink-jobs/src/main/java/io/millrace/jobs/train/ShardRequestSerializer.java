package io.millrace.jobs.train;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.jobs.wire.WireArrays;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** {@link ShardRequest} on the wire; it never rests in state, since requests are drained first. */
public final class ShardRequestSerializer extends ImmutableSerializer<ShardRequest> {

    static final SerializerTypeInfo<ShardRequest> TYPE =
            SerializerTypeInfo.of(ShardRequest.class, ShardRequestSerializer::new);

    private static final long serialVersionUID = 1L;
    private static final byte PULL = 0;
    private static final byte PUSH = 1;
    private static final byte FREEZE = 2;
    private static final byte LEFT = 3;
    private static final long[] NO_LONGS = new long[0];

    @Override
    public void serialize(ShardRequest request, DataOutputView target) throws IOException {
        target.writeByte(kind(request));
        target.writeInt(request.trainer().subtask());
        target.writeLong(request.trainer().life());
        target.writeLong(request.batch());
        WireArrays.write(request.keys(), target);
        if (request instanceof ShardRequest.Push push) {
            WireArrays.write(push.examples(), target);
            WireArrays.write(push.gradients(), target);
            target.writeLong(push.eventTime());
        } else if (request instanceof ShardRequest.Pull pull) {
            target.writeInt(pull.frozen().size());
            for (FrozenId frozen : pull.frozen()) {
                write(frozen, target);
            }
            boolean hasTime = pull.eventTime() != ShardRequest.Pull.NO_TIME;
            WireArrays.write(hasTime ? new long[] {pull.eventTime()} : NO_LONGS, target);
        } else if (request instanceof ShardRequest.Freeze freeze) {
            write(freeze.newest(), target);
            target.writeLong(freeze.oldest());
        } else if (request instanceof ShardRequest.Left left) {
            target.writeLong(left.number());
        }
    }

    @Override
    public ShardRequest deserialize(DataInputView source) throws IOException {
        byte kind = source.readByte();
        TrainerId trainer = new TrainerId(source.readInt(), source.readLong());
        long batch = source.readLong();
        long[] keys = WireArrays.readLongs(source);
        return switch (kind) {
            case PULL ->
                    new ShardRequest.Pull(trainer, batch, keys, readIds(source), readTime(source));
            case PUSH ->
                    new ShardRequest.Push(
                            trainer,
                            batch,
                            keys,
                            WireArrays.readInts(source),
                            WireArrays.readFloats(source),
                            source.readLong());
            case FREEZE ->
                    new ShardRequest.Freeze(trainer, batch, keys, read(source), source.readLong());
            case LEFT -> new ShardRequest.Left(trainer, batch, keys, source.readLong());
            default -> throw new IOException("there is no request to a shard of kind " + kind);
        };
    }

    private static byte kind(ShardRequest request) {
        if (request instanceof ShardRequest.Push) {
            return PUSH;
        }
        if (request instanceof ShardRequest.Pull) {
            return PULL;
        }
        return request instanceof ShardRequest.Freeze ? FREEZE : LEFT;
    }

    private static void write(FrozenId frozen, DataOutputView target) throws IOException {
        target.writeInt(frozen.series());
        target.writeLong(frozen.epoch());
    }

    private static FrozenId read(DataInputView source) throws IOException {
        return new FrozenId(source.readInt(), source.readLong());
    }

    private static long readTime(DataInputView source) throws IOException {
        long[] time = WireArrays.readLongs(source);
        return time.length == 0 ? ShardRequest.Pull.NO_TIME : time[0];
    }

    private static List<FrozenId> readIds(DataInputView source) throws IOException {
        int count = source.readInt();
        if (count == 0) {
            return List.of();
        }
        List<FrozenId> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(read(source));
        }
        return List.copyOf(ids);
    }
}
