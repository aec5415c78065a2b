package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowCodecTest {

    private static final String GOLDEN = "parameter/row";

    @Test
    void usageExample() {
        byte[] bytes = RowCodec.encode(row());

        RowBuffer back = new RowBuffer().over(new float[5], 0, 5);
        RowCodec.decode(bytes, back);

        assertThat(back.examples).isEqualTo(1_000_000_007L);
        assertThat(back.lastEventTime).isEqualTo(1_700_000_000_123L);
        assertThat(back.values).containsExactly(1.5f, -0.25f, 1e-30f, Float.MAX_VALUE, 0f);
    }

    @Test
    void formatIsUnchanged() {
        GoldenBytes.assertUnchanged(GOLDEN, RowCodec.encode(row()));
    }

    @Test
    void readsCommittedBytes() {
        RowBuffer back = new RowBuffer().over(new float[5], 0, 5);

        RowCodec.decode(GoldenBytes.read(GOLDEN), back);

        assertThat(back.examples).isEqualTo(1_000_000_007L);
        assertThat(back.lastEventTime).isEqualTo(1_700_000_000_123L);
        assertThat(back.values).containsExactly(1.5f, -0.25f, 1e-30f, Float.MAX_VALUE, 0f);
    }

    @Test
    void readsIntoThePieceThatTheBufferPointsAt() {
        float[] slab = new float[9];
        Arrays.fill(slab, 7f);

        RowCodec.decode(RowCodec.encode(row()), new RowBuffer().over(slab, 2, 5));

        assertThat(slab).containsExactly(7f, 7f, 1.5f, -0.25f, 1e-30f, Float.MAX_VALUE, 0f, 7f, 7f);
    }

    @Test
    void encodesIntoABufferAtItsPositionWhateverItsOrder() {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            byte[] expected = RowCodec.encode(row());
            ByteBuffer buffer = ByteBuffer.allocate(2 * expected.length + 5).order(order);
            buffer.position(3);

            RowCodec.encode(row(), buffer);
            RowCodec.encode(row(), buffer);

            assertThat(buffer.position()).isEqualTo(3 + 2 * expected.length);
            byte[] actual = buffer.array();
            int second = 3 + expected.length;
            assertThat(Arrays.copyOf(actual, 3)).containsOnly(0);
            assertThat(Arrays.copyOfRange(actual, 3, second)).isEqualTo(expected);
            assertThat(Arrays.copyOfRange(actual, second, second + expected.length))
                    .isEqualTo(expected);
            assertThat(Arrays.copyOfRange(actual, actual.length - 2, actual.length))
                    .containsOnly(0);
        }
    }

    @Test
    void isCompact() {
        assertThat(RowCodec.encode(row())).hasSize(RowCodec.length(5)).hasSize(17 + 5 * 4);
        // 16 weights with AdaGrad
        assertThat(RowCodec.length(32)).isLessThan(32 * 4 * 3 / 2);
    }

    @Test
    void refusesAnUnknownFormatVersion() {
        byte[] bytes = RowCodec.encode(row());
        bytes[0] = 9;

        assertThatThrownBy(() -> RowCodec.decode(bytes, new RowBuffer().over(new float[5], 0, 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("format version 9")
                .hasMessageContaining("only versions 1 and 2");
    }

    @Test
    void aCandidateIsItsHeaderAlone() {
        RowBuffer candidate = row();
        candidate.candidate = true;
        byte[] bytes = RowCodec.encode(candidate);

        GoldenBytes.assertUnchanged("parameter/candidate", bytes);
        RowBuffer back = new RowBuffer().over(new float[5], 0, 5);
        RowCodec.decode(bytes, back);
        assertThat(back.candidate).isTrue();
        assertThat(back.examples).isEqualTo(1_000_000_007L);
        assertThat(back.lastEventTime).isEqualTo(1_700_000_000_123L);
        assertThat(back.values).containsOnly(0f);
        RowCodec.decode(RowCodec.encode(row()), back);
        assertThat(back.candidate).isFalse();
        assertThatThrownBy(() -> RowCodec.decode(Arrays.copyOf(bytes, 37), back))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 floats takes 17 bytes, but 37 were found");
    }

    @Test
    void refusesAnotherLength() {
        byte[] bytes = RowCodec.encode(row());

        assertThatThrownBy(() -> RowCodec.decode(bytes, new RowBuffer().over(new float[6], 0, 6)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6 floats takes 41 bytes, but 37 were found");
        assertThatThrownBy(
                        () ->
                                RowCodec.decode(
                                        Arrays.copyOf(bytes, 10),
                                        new RowBuffer().over(new float[5], 0, 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10 were found");
        assertThatThrownBy(() -> RowCodec.decode(new byte[0], new RowBuffer()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no bytes");
    }

    /** Five floats in the middle of a larger array. */
    private static RowBuffer row() {
        RowBuffer row =
                new RowBuffer()
                        .over(
                                new float[] {9f, 1.5f, -0.25f, 1e-30f, Float.MAX_VALUE, 0f, 9f},
                                1,
                                5);
        row.examples = 1_000_000_007L;
        row.lastEventTime = 1_700_000_000_123L;
        return row;
    }
}
