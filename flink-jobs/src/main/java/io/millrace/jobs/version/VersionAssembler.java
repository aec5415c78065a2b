package io.millrace.jobs.version;

import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.jspecify.annotations.Nullable;

/**
 * Assembles a manifest from the pieces of a version. The barrier is aligned here, so between two of
 * them arrive exactly one part of every shard, all positions and the metrics.
 */
final class VersionAssembler
        implements CommittingSinkWriter<VersionPiece, Manifest>,
                StatefulSinkWriter<VersionPiece, VersionPiece> {

    private final ModelSpec spec;
    private final List<VersionPiece.Rows> parts = new ArrayList<>();
    private final Map<String, Map<Integer, Long>> offsets = new TreeMap<>();
    private VersionPiece.@Nullable Metrics metrics;

    /**
     * @param positions as of the restored checkpoint
     */
    VersionAssembler(ModelSpec spec, Collection<VersionPiece> positions) {
        this.spec = spec;
        positions.forEach(this::take);
    }

    @Override
    public void write(VersionPiece piece, Context context) {
        take(piece);
    }

    private void take(VersionPiece piece) {
        if (piece instanceof VersionPiece.Rows rows) {
            parts.add(rows);
        } else if (piece instanceof VersionPiece.Position position) {
            offsets.computeIfAbsent(position.topic(), topic -> new TreeMap<>())
                    .merge(position.partition(), position.nextOffset(), Math::max);
        } else if (piece instanceof VersionPiece.Metrics atCut) {
            metrics = atCut;
        }
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public Collection<Manifest> prepareCommit() {
        if (parts.isEmpty()) {
            return List.of();
        }
        Manifest manifest = assemble();
        parts.clear();
        return List.of(manifest);
    }

    /** Positions only: a partition may be silent, or its reader finished, long after a restore. */
    @Override
    public List<VersionPiece> snapshotState(long checkpointId) {
        List<VersionPiece> positions = new ArrayList<>();
        offsets.forEach(
                (topic, partitions) ->
                        partitions.forEach(
                                (partition, offset) ->
                                        positions.add(
                                                new VersionPiece.Position(
                                                        topic, partition, offset))));
        return positions;
    }

    @Override
    public void close() {}

    private Manifest assemble() {
        VersionPiece.Rows first = parts.get(0);
        Long parent = null;
        long watermark = Long.MAX_VALUE;
        List<PartInfo> files = new ArrayList<>();
        for (VersionPiece.Rows rows : parts) {
            if (rows.version() != first.version()) {
                throw new IllegalStateException(
                        "parts of versions "
                                + first.version()
                                + " and "
                                + rows.version()
                                + " arrived before one barrier");
            }
            // A part holds all changes since the newest version its shard knew; a shard that knew
            // less sends more. So the newest that any shard knew is a parent for all parts.
            if (rows.parent() != null && (parent == null || rows.parent() > parent)) {
                parent = rows.parent();
            }
            watermark = Math.min(watermark, rows.watermark());
            files.add(rows.part());
        }
        return new Manifest(
                spec.name(),
                first.version(),
                parent,
                first.checkpointId(),
                offsets,
                watermark,
                ModelSpecWriter.hash(spec),
                ModelSpecWriter.write(spec),
                files,
                0,
                metrics == null ? Map.of() : metrics.values(),
                metrics == null ? 0 : metrics.examples(),
                System.currentTimeMillis());
    }
}
