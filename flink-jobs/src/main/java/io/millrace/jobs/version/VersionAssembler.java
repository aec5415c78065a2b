package io.millrace.jobs.version;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Assembles a manifest from the pieces that arrive before a barrier: one part of every shard, the
 * positions of all partitions, and the metrics.
 */
final class VersionAssembler {

    private final String model;
    private final String specHash;
    private final JsonNode spec;
    private final int shards;
    private final SortedMap<Integer, VersionPiece.Rows> parts = new TreeMap<>();
    private final Map<String, Map<Integer, Long>> offsets = new TreeMap<>();
    private VersionPiece.@Nullable Metrics metrics;

    VersionAssembler(ModelSpec spec, int shards) {
        model = spec.name();
        specHash = ModelSpecWriter.hash(spec);
        this.spec = ModelSpecWriter.write(spec);
        this.shards = shards;
    }

    void take(VersionPiece piece) {
        if (piece instanceof VersionPiece.Rows rows) {
            // Of two the earlier is of an aborted checkpoint, and the later holds all it held.
            parts.merge(
                    rows.part().shard(),
                    rows,
                    (before, after) -> after.version() > before.version() ? after : before);
        } else if (piece instanceof VersionPiece.Position position) {
            offsets.computeIfAbsent(position.topic(), topic -> new TreeMap<>())
                    .merge(position.partition(), position.nextOffset(), Math::max);
        } else if (piece instanceof VersionPiece.Metrics atCut) {
            metrics = atCut;
        }
    }

    /** Positions outlive a version: a partition may be silent for long, or its reader be done. */
    List<VersionPiece> positions() {
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

    /**
     * The version that this checkpoint will be once it is complete; empty when no part has come.
     */
    Optional<Manifest> assemble(long checkpointId, long now) {
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        Collection<VersionPiece.Rows> all = parts.values();
        long version = all.iterator().next().version();
        if (parts.size() != shards || all.stream().anyMatch(rows -> rows.version() != version)) {
            throw new IllegalStateException(
                    "checkpoint "
                            + checkpointId
                            + " is no version: of "
                            + shards
                            + " shards these parts have come: "
                            + all);
        }
        Manifest manifest =
                new Manifest(
                        model,
                        version,
                        parent(all),
                        checkpointId,
                        offsets,
                        all.stream()
                                .mapToLong(VersionPiece.Rows::watermark)
                                .min()
                                .orElse(Long.MIN_VALUE),
                        specHash,
                        spec,
                        files(all),
                        0,
                        metrics == null ? Map.of() : metrics.values(),
                        metrics == null ? 0 : metrics.examples(),
                        now);
        parts.clear();
        return Optional.of(manifest);
    }

    /**
     * A part holds all changes since the newest version that its shard knew to be complete; a shard
     * that knew less sends more. So the newest that any of them knew is a parent for all parts.
     */
    private static @Nullable Long parent(Collection<VersionPiece.Rows> parts) {
        Long parent = null;
        for (VersionPiece.Rows rows : parts) {
            if (rows.parent() != null && (parent == null || rows.parent() > parent)) {
                parent = rows.parent();
            }
        }
        return parent;
    }

    private static List<PartInfo> files(Collection<VersionPiece.Rows> parts) {
        return parts.stream().map(VersionPiece.Rows::part).toList();
    }
}
