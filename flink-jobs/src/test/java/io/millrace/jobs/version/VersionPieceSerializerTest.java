package io.millrace.jobs.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.version.VersionPiece.Metrics;
import io.millrace.jobs.version.VersionPiece.Position;
import io.millrace.jobs.version.VersionPiece.Rows;
import io.millrace.jobs.wire.Hex;
import io.millrace.jobs.wire.SerializerContract;
import io.millrace.model.version.PartInfo;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Test;

class VersionPieceSerializerTest extends SerializerContract<VersionPiece> {

    private static final VersionPiece POSITION = new Position("clicks", 3, 513);

    private static final byte[] GOLDEN =
            Hex.bytes(
                    "02", // kind
                    "0006 636c69636b73", // topic
                    "00000003", // partition
                    "0000000000000201"); // next offset

    @Override
    protected TypeInformation<VersionPiece> type() {
        return VersionPiece.TYPE;
    }

    @Override
    protected List<VersionPiece> values() {
        PartInfo part = new PartInfo("m/1/part.rows", 2, 3, 4, 0xFFFF_FFFFL);
        return List.of(
                POSITION,
                new Rows(9, 8, null, Long.MIN_VALUE, part),
                new Rows(9, 8, 0L, 1_700_000_000_000L, part),
                new Metrics(12, Map.of("auc", 0.5, "logloss", 0.25)),
                new Metrics(0, Map.of()));
    }

    /** Positions rest in the source's state. */
    @Test
    void goldenBytesOfAPosition() throws IOException {
        assertThat(bytes(POSITION)).isEqualTo(GOLDEN);
        assertThat(read(GOLDEN)).isEqualTo(POSITION);
    }

    @Test
    void anotherKindIsRefused() {
        byte[] newer = GOLDEN.clone();
        newer[0] = 9;

        assertThatThrownBy(() -> read(newer))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown kind of version piece: 9");
    }
}
