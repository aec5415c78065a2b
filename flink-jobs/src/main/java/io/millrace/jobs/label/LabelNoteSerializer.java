package io.millrace.jobs.label;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** {@link LabelNote} on the wire. Not for state. */
public final class LabelNoteSerializer extends ImmutableSerializer<LabelNote> {

    public static final SerializerTypeInfo<LabelNote> TYPE =
            SerializerTypeInfo.of(LabelNote.class, LabelNoteSerializer::new);

    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(LabelNote note, DataOutputView target) throws IOException {
        StringValue.writeString(note.impressionId(), target);
        target.writeUTF(note.kind().name());
        target.writeLong(note.time());
        StringValue.writeString(note.detail(), target);
    }

    @Override
    public LabelNote deserialize(DataInputView source) throws IOException {
        return new LabelNote(
                StringValue.readString(source),
                LabelNote.Kind.valueOf(source.readUTF()),
                source.readLong(),
                StringValue.readString(source));
    }

    @Override
    public TypeSerializerSnapshot<LabelNote> snapshotConfiguration() {
        throw new UnsupportedOperationException("notes are never kept in state");
    }
}
