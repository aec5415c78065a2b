package io.millrace.jobs.label;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.wire.SerializerContract;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;

class LabelNoteSerializerTest extends SerializerContract<LabelNote> {

    @Override
    protected TypeInformation<LabelNote> type() {
        return LabelNoteSerializer.TYPE;
    }

    @Override
    protected List<LabelNote> values() {
        return Stream.of(LabelNote.Kind.values())
                .map(kind -> new LabelNote("日" + kind, kind, -kind.ordinal(), "was " + kind))
                .toList();
    }

    @Override
    protected void aRestoredSnapshotIsCompatibleAndReadsTheValues() {
        assertThatThrownBy(() -> serializer().snapshotConfiguration())
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
