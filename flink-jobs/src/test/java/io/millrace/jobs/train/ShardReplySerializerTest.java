package io.millrace.jobs.train;

import io.millrace.jobs.wire.SerializerContract;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

class ShardReplySerializerTest extends SerializerContract<ShardReply> {

    @Override
    protected TypeInformation<ShardReply> type() {
        return ShardReplySerializer.TYPE;
    }

    @Override
    protected List<ShardReply> values() {
        return List.of(
                new ShardReply(
                        new TrainerId(3, 1),
                        1L << 40,
                        2,
                        new float[] {0.5f, -1e-30f},
                        new long[] {7, 1L << 50}),
                new ShardReply(
                        new TrainerId(3, 1),
                        9,
                        1,
                        new float[] {0.5f},
                        new long[0],
                        new float[] {-0.5f, 1e-30f}),
                new ShardReply(
                        new TrainerId(3, 1),
                        10,
                        1,
                        new float[] {0.5f},
                        new long[0],
                        new float[] {-0.5f},
                        new byte[] {2, 1}),
                new ShardReply(new TrainerId(0, 0), 0, 0, new float[0], new long[0]));
    }
}
