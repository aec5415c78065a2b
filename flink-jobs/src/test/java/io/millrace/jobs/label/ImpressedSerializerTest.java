package io.millrace.jobs.label;

import io.millrace.jobs.wire.SerializerContract;
import io.millrace.model.example.Example;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

class ImpressedSerializerTest extends SerializerContract<Impressed> {

    @Override
    protected TypeInformation<Impressed> type() {
        return ImpressedSerializer.TYPE;
    }

    @Override
    protected List<Impressed> values() {
        Example example =
                new Example(new long[] {3, -4}, new int[] {1, 2}, new float[] {0.5f}, 0, 1, 17);
        return List.of(new Impressed("a", example), new Impressed("日本", example));
    }
}
