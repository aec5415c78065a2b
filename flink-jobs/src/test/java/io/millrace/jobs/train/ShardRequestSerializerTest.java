package io.millrace.jobs.train;

import io.millrace.jobs.wire.SerializerContract;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

class ShardRequestSerializerTest extends SerializerContract<ShardRequest> {

    @Override
    protected TypeInformation<ShardRequest> type() {
        return ShardRequestSerializer.TYPE;
    }

    @Override
    protected List<ShardRequest> values() {
        TrainerId trainer = new TrainerId(3, 1);
        return List.of(
                new ShardRequest.Pull(trainer, 1L << 40, new long[] {-5, 6}),
                new ShardRequest.Push(
                        trainer,
                        7,
                        new long[] {8, -9},
                        new int[] {1, 2},
                        new float[] {0.5f, -0.25f, 1e-30f},
                        1_700_000_000_000L),
                new ShardRequest.Pull(new TrainerId(0, 0), 0, new long[] {1}),
                new ShardRequest.Pull(
                        trainer,
                        8,
                        new long[] {1},
                        List.of(new FrozenId(0, Long.MIN_VALUE), new FrozenId(2, 1L << 40)),
                        1_700_000_000_000L),
                new ShardRequest.Freeze(trainer, 9, new long[] {-7}, new FrozenId(1, -5), -6),
                new ShardRequest.Left(trainer, 10, new long[] {-7}, 1L << 40));
    }
}
