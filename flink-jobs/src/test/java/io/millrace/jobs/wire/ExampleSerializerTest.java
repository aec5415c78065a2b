package io.millrace.jobs.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.example.Example;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Test;

class ExampleSerializerTest extends SerializerContract<Example> {

    private static final Example EXAMPLE =
            new Example(
                    new long[] {0x0102030405060708L, -1},
                    new int[] {1, 2},
                    new float[] {1.5f},
                    1f,
                    0.25f,
                    1_700_000_000_000L);

    private static final byte[] GOLDEN =
            Hex.bytes(
                    "01", // format
                    "00000010 0807060504030201 ffffffffffffffff", // keys
                    "00000008 01000000 02000000", // ends
                    "00000004 0000c03f", // numbers
                    "3f800000", // label
                    "3e800000", // weight
                    "0000018bcfe56800"); // event time

    @Override
    protected TypeInformation<Example> type() {
        return ExampleSerializer.TYPE;
    }

    @Override
    protected List<Example> values() {
        return List.of(
                EXAMPLE,
                new Example(
                        new long[0],
                        new int[0],
                        new float[] {Float.MIN_VALUE, -0f, Float.MAX_VALUE},
                        -3.5f,
                        1f,
                        Long.MIN_VALUE));
    }

    @Test
    void goldenBytes() throws IOException {
        assertThat(bytes(EXAMPLE)).isEqualTo(GOLDEN);
        assertThat(read(GOLDEN)).usingRecursiveComparison().isEqualTo(EXAMPLE);
    }

    @Test
    void anotherFormatIsRefused() {
        byte[] newer = GOLDEN.clone();
        newer[0] = 2;

        assertThatThrownBy(() -> read(newer))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("format 1");
    }
}
