package io.millrace.jobs.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.source.Origin;
import io.millrace.jobs.wire.Hex;
import io.millrace.jobs.wire.SerializerContract;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Test;

class ClickedSerializerTest extends SerializerContract<Clicked> {

    private static final Clicked CLICKED =
            new Clicked("é1", 258, new Origin("clicks", 3, 513, 1027), new byte[] {9, -1});

    private static final byte[] GOLDEN =
            Hex.bytes(
                    "01", // format
                    "0003 c3a9 31", // impression id
                    "0000000000000102", // time
                    "0006 636c69636b73", // topic
                    "00000003", // partition
                    "0000000000000201", // offset
                    "0000000000000403", // arrival time
                    "00000002 09ff"); // payload

    @Override
    protected TypeInformation<Clicked> type() {
        return ClickedSerializer.TYPE;
    }

    @Override
    protected List<Clicked> values() {
        return List.of(
                CLICKED, new Clicked("", -1, new Origin("", 0, Long.MAX_VALUE, -1), new byte[0]));
    }

    @Test
    void goldenBytes() throws IOException {
        assertThat(bytes(CLICKED)).isEqualTo(GOLDEN);
        assertThat(read(GOLDEN)).usingRecursiveComparison().isEqualTo(CLICKED);
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
