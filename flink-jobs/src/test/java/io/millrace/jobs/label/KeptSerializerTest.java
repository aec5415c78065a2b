package io.millrace.jobs.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.source.Origin;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.jobs.wire.Hex;
import io.millrace.jobs.wire.SerializerContract;
import io.millrace.model.example.Example;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Test;

class KeptSerializerTest extends SerializerContract<Kept<Example>> {

    private static final Example EXAMPLE =
            new Example(new long[] {3, -4}, new int[] {1, 2}, new float[] {0.5f}, 0, 1, 17);

    private static final Clicked CLICKED =
            new Clicked("é1", 258, new Origin("clicks", 3, 513, 1027), new byte[] {9, -1});

    private static final String CLICKED_BYTES =
            "01 0003c3a931 0000000000000102 0006636c69636b73 00000003"
                    + " 0000000000000201 0000000000000403 00000002 09ff";

    private static final String EXAMPLE_BYTES =
            "01 00000010 0300000000000000 fcffffffffffffff 00000008 01000000 02000000"
                    + " 00000004 0000003f 00000000 3f800000 0000000000000011";

    @Override
    protected TypeInformation<Kept<Example>> type() {
        return KeptSerializer.type(new ExampleSerializer());
    }

    @Override
    protected List<Kept<Example>> values() {
        Kept.Shown<Example> shown = Kept.Shown.of(EXAMPLE, Said.NOTHING);
        return List.of(
                shown,
                shown.waitingWith(CLICKED),
                shown.negative(Said.UNSAMPLED),
                shown.positive(),
                new Kept.Early<>(List.of(CLICKED)),
                new Kept.Early<>(List.of(CLICKED, CLICKED)));
    }

    @Test
    void goldenBytes() throws IOException {
        Kept.Shown<Example> shown = Kept.Shown.of(EXAMPLE, Said.NEGATIVE);
        assertGolden(shown, "01 02 0000000000000011 02 01", EXAMPLE_BYTES, "00");
        assertGolden(
                shown.waitingWith(CLICKED),
                "01 02 0000000000000011 01 01",
                EXAMPLE_BYTES,
                "01",
                CLICKED_BYTES);
        assertGolden(shown.positive(), "01 02 0000000000000011 05 00 00");
        assertGolden(
                new Kept.Early<>(List.of(CLICKED, CLICKED)),
                "01 01 00000002",
                CLICKED_BYTES,
                CLICKED_BYTES);
    }

    private void assertGolden(Kept<Example> kept, String... hex) throws IOException {
        byte[] golden = Hex.bytes(hex);
        assertThat(bytes(kept)).isEqualTo(golden);
        assertThat(read(golden)).usingRecursiveComparison().isEqualTo(kept);
    }

    @Test
    void anotherFormatOrKindIsRefused() {
        assertThatThrownBy(() -> read(new byte[] {2}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("format 1");
        assertThatThrownBy(() -> read(new byte[] {1, 3}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("kind of impression id: 3");
    }
}
