package io.millrace.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.jobs.wire.SerializerContract;
import io.millrace.model.example.Example;
import io.millrace.model.stream.StreamKeys;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Test;

class LabelledDraftSerializerTest extends SerializerContract<LabelledDraft<Example>> {

    private static final Draft<Example> DRAFT =
            new Draft<>(
                    new Example(new long[0], new int[0], new float[0], 1, -1, 17), StreamKeys.NONE);

    private static final Draft<Example> KEYED =
            new Draft<>(
                    DRAFT.example(), new StreamKeys(Map.of("by:user", List.of("ann")), Map.of()));

    private static final String GOLDEN =
            "01" // format
                    + "0261" // id
                    + "01010000000000000000000000003f800000bf80000000000000000000110000" // draft
                    + "00000002" // rank
                    + "0000000000000102"; // time

    @Override
    protected TypeInformation<LabelledDraft<Example>> type() {
        return LabelledDraftSerializer.type(new ExampleSerializer());
    }

    @Override
    protected List<LabelledDraft<Example>> values() {
        return List.of(
                new LabelledDraft<>("a", DRAFT, 2, 258), new LabelledDraft<>("日本", KEYED, 0, -1));
    }

    @Test
    void goldenBytes() throws IOException {
        LabelledDraft<Example> labelled = new LabelledDraft<>("a", DRAFT, 2, 258);

        assertThat(HexFormat.of().formatHex(bytes(labelled))).isEqualTo(GOLDEN);
        assertThat(read(HexFormat.of().parseHex(GOLDEN)))
                .usingRecursiveComparison()
                .isEqualTo(labelled);
    }

    @Test
    void anotherFormatIsRefused() {
        assertThatThrownBy(() -> read(new byte[] {2}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("format 1");
    }
}
