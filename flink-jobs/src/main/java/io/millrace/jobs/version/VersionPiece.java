package io.millrace.jobs.version;

import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.model.version.PartInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an operator contributes to a version, sent just before the barrier of its checkpoint. */
public sealed interface VersionPiece {

    SerializerTypeInfo<VersionPiece> TYPE =
            SerializerTypeInfo.of(VersionPiece.class, VersionPieceSerializer::new);

    /**
     * A shard's part file.
     *
     * @param parent the newest version the shard knows to be complete; the part holds every row
     *     that changed since
     * @param watermark the shard's event-time watermark, milliseconds since the epoch; {@link
     *     Long#MIN_VALUE} before the first
     */
    record Rows(
            long version, long checkpointId, @Nullable Long parent, long watermark, PartInfo part)
            implements VersionPiece {}

    /** The next offset that a source partition will be read from. */
    record Position(String topic, int partition, long nextOffset) implements VersionPiece {}

    /**
     * Prequential metrics at the cut.
     *
     * @param examples examples trained since the model began
     */
    record Metrics(long examples, Map<String, Double> values) implements VersionPiece {}
}
