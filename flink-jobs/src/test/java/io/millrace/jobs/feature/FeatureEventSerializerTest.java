package io.millrace.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.wire.SerializerContract;
import io.millrace.model.stream.StreamKeys;
import io.millrace.model.stream.StreamUpdate;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Test;

class FeatureEventSerializerTest extends SerializerContract<FeatureEvent> {

    private static final FeatureEvent QUESTION =
            new FeatureEvent("by:user", "ann", 258, FeatureEvent.SHOWN, "i1", 3, null);

    private static final String GOLDEN =
            "01" // format
                    + "0862793a75736572" // group
                    + "04616e6e" // key
                    + "0000000000000102" // time
                    + "01" // rank
                    + "036931" // id
                    + "00000003" // part
                    + "00"; // no update

    @Override
    protected TypeInformation<FeatureEvent> type() {
        return FeatureEventSerializer.TYPE;
    }

    @Override
    protected List<FeatureEvent> values() {
        StreamKeys keys = new StreamKeys(Map.of(), Map.of("item", List.of("lamp", "日本")));
        return List.of(
                QUESTION,
                new FeatureEvent("g", "k", 1, 0, "a", 0, StreamUpdate.shown(1, keys)),
                new FeatureEvent("g", "k", -1, 4, "", -1, StreamUpdate.reversed(9, 5)),
                FeatureEvent.profiled(
                        "profile:users",
                        "ann",
                        "0",
                        StreamUpdate.profiled(7, Map.of("age", 31L, "tags", List.of("x")))));
    }

    @Test
    void goldenBytes() throws IOException {
        assertThat(HexFormat.of().formatHex(bytes(QUESTION))).isEqualTo(GOLDEN);
        assertThat(read(HexFormat.of().parseHex(GOLDEN))).isEqualTo(QUESTION);
    }

    @Test
    void anotherFormatIsRefused() {
        assertThatThrownBy(() -> read(new byte[] {2}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("format 1");
    }
}
