package io.millrace.jobs.version;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.model.version.PartInfo;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * {@link VersionPiece} on the wire; positions also rest in the committer's state. The first byte is
 * the kind and the format in one: a piece that changes its form gets a new number.
 */
public final class VersionPieceSerializer extends ImmutableSerializer<VersionPiece> {

    private static final long serialVersionUID = 1L;
    private static final int ROWS = 1;
    private static final int POSITION = 2;
    private static final int METRICS = 3;

    @Override
    public void serialize(VersionPiece piece, DataOutputView target) throws IOException {
        if (piece instanceof VersionPiece.Rows rows) {
            target.writeByte(ROWS);
            target.writeLong(rows.version());
            target.writeLong(rows.checkpointId());
            target.writeBoolean(rows.parent() != null);
            target.writeLong(rows.parent() == null ? 0 : rows.parent());
            target.writeLong(rows.watermark());
            target.writeUTF(rows.part().path());
            target.writeInt(rows.part().shard());
            target.writeLong(rows.part().rows());
            target.writeLong(rows.part().bytes());
            target.writeLong(rows.part().crc32c());
        } else if (piece instanceof VersionPiece.Position position) {
            target.writeByte(POSITION);
            target.writeUTF(position.topic());
            target.writeInt(position.partition());
            target.writeLong(position.nextOffset());
        } else if (piece instanceof VersionPiece.Metrics metrics) {
            target.writeByte(METRICS);
            target.writeLong(metrics.examples());
            target.writeInt(metrics.values().size());
            for (Map.Entry<String, Double> value : metrics.values().entrySet()) {
                target.writeUTF(value.getKey());
                target.writeDouble(value.getValue());
            }
        }
    }

    @Override
    public VersionPiece deserialize(DataInputView source) throws IOException {
        int kind = source.readByte();
        return switch (kind) {
            case ROWS -> readRows(source);
            case POSITION ->
                    new VersionPiece.Position(
                            source.readUTF(), source.readInt(), source.readLong());
            case METRICS -> readMetrics(source);
            default -> throw new IOException("unknown kind of version piece: " + kind);
        };
    }

    private static VersionPiece readRows(DataInputView source) throws IOException {
        long version = source.readLong();
        long checkpointId = source.readLong();
        boolean hasParent = source.readBoolean();
        long parent = source.readLong();
        long watermark = source.readLong();
        PartInfo part =
                new PartInfo(
                        source.readUTF(),
                        source.readInt(),
                        source.readLong(),
                        source.readLong(),
                        source.readLong());
        return new VersionPiece.Rows(
                version, checkpointId, hasParent ? parent : null, watermark, part);
    }

    private static VersionPiece readMetrics(DataInputView source) throws IOException {
        long examples = source.readLong();
        int count = source.readInt();
        Map<String, Double> values = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            values.put(source.readUTF(), source.readDouble());
        }
        return new VersionPiece.Metrics(examples, values);
    }
}
