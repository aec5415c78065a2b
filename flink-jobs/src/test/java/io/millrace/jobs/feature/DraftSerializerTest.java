package io.millrace.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.jobs.wire.SerializerContract;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.model.example.Example;
import io.millrace.model.stream.StreamKeys;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Test;

class DraftSerializerTest extends SerializerContract<Draft<Example>> {

    private static final Example EXAMPLE =
            new Example(new long[] {3, -4}, new int[] {1, 2}, new float[] {0.5f}, 0, 1, 17);

    private static final StreamKeys KEYS =
            new StreamKeys(
                    Map.of("by:user", List.of("ann"), "by:genres", List.of("pop", "日本")),
                    Map.of("item", List.of("lamp")));

    private static final String GOLDEN =
            "01" // format
                    + "01000000100300000000000000fcffffffffffffff00000008010000000200000000000004"
                    + "0000003f000000003f8000000000000000000011" // example
                    + "0000"; // no keys, nothing recorded

    @Override
    @SuppressWarnings("unchecked")
    protected TypeInformation<Draft<Example>> type() {
        return SerializerTypeInfo.of(
                (Class<Draft<Example>>) (Class<?>) Draft.class,
                () -> DraftSerializer.of(new ExampleSerializer()));
    }

    @Override
    protected List<Draft<Example>> values() {
        return List.of(new Draft<>(EXAMPLE, KEYS), new Draft<>(EXAMPLE, StreamKeys.NONE));
    }

    @Test
    void goldenBytes() throws IOException {
        Draft<Example> draft = new Draft<>(EXAMPLE, new StreamKeys(Map.of(), Map.of()));

        assertThat(HexFormat.of().formatHex(bytes(draft))).isEqualTo(GOLDEN);
        assertThat(read(HexFormat.of().parseHex(GOLDEN)))
                .usingRecursiveComparison()
                .isEqualTo(draft);
    }

    @Test
    void anotherFormatIsRefused() {
        assertThatThrownBy(() -> read(new byte[] {2}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("format 1");
    }
}
