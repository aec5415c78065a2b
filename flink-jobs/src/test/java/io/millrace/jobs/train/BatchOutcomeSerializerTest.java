package io.millrace.jobs.train;

import io.millrace.jobs.wire.SerializerContract;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

class BatchOutcomeSerializerTest extends SerializerContract<BatchOutcome> {

    @Override
    protected TypeInformation<BatchOutcome> type() {
        return BatchOutcomeSerializer.TYPE;
    }

    @Override
    protected List<BatchOutcome> values() {
        return List.of(
                new BatchOutcome(
                        new float[] {1, 0},
                        new float[][] {{0.75f, 0.25f}, {0.5f, 0.125f}},
                        new float[] {1, 2},
                        1_700_000_000_000L),
                new BatchOutcome(new float[0], new float[0][], new float[0], -1));
    }
}
