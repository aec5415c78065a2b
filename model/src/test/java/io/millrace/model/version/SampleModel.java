package io.millrace.model.version;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.RowBuffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A model whose rows change at random from a seed, and which publishes its changes as versions. It
 * remembers what all rows were at every version.
 */
final class SampleModel {

    static final String NAME = "clicks";

    private static final int KEYS = 60;

    private final VersionStorage storage;
    private final Random random;
    private final SortedMap<Long, List<Float>> rows = new TreeMap<>(Long::compareUnsigned);
    private final SortedMap<Long, SortedMap<Long, List<Float>>> history = new TreeMap<>();

    SampleModel(VersionStorage storage, long seed) {
        this.storage = storage;
        random = new Random(seed);
    }

    /**
     * Changes some rows, deletes others, and publishes: all rows without a parent, else changes.
     */
    Manifest publish(long version, @Nullable Long parent) throws IOException {
        SortedMap<Long, List<Float>> changes = change();
        if (parent == null) {
            changes = new TreeMap<>(rows);
        } else if (!history.containsKey(parent) || !parent.equals(history.lastKey())) {
            throw new IllegalArgumentException("the changes since " + parent + " are not known");
        }
        history.put(version, new TreeMap<>(rows));
        Manifest manifest = manifest(version, parent, write(version, changes), changes);
        new VersionWriter(storage).commit(manifest);
        return manifest;
    }

    /** All rows as they were at a version. */
    Map<Long, List<Float>> rowsAt(long version) {
        return Objects.requireNonNull(history.get(version));
    }

    /** All rows of a version as its files tell them. */
    static Map<Long, List<Float>> read(VersionStorage storage, long version) throws IOException {
        VersionChain chain = new VersionCatalog(storage, NAME).chain(version);
        SortedMap<Long, List<Float>> read = new TreeMap<>(Long::compareUnsigned);
        try (RowMerge merge = new RowMerge(storage, chain)) {
            for (RowFileReader row = merge.next(); row != null; row = merge.next()) {
                if (!row.tombstone()) {
                    read.put(row.key(), content(row));
                }
            }
        }
        return read;
    }

    /** Examples, last event time and weights of a row. */
    static List<Float> content(RowFileReader row) {
        List<Float> content = new ArrayList<>();
        content.add((float) row.examples());
        content.add((float) row.lastEventTime());
        for (int i = 0; i < row.width(); i++) {
            content.add(row.weights()[i]);
        }
        return content;
    }

    static Manifest manifest(
            long version, @Nullable Long parent, List<PartInfo> parts, long tombstones) {
        return new Manifest(
                NAME,
                version,
                parent,
                version * 10,
                Map.of("clicks", Map.of(0, 17L), "impressions", Map.of(0, 123L, 1, 45L)),
                1_700_000_000_000L,
                "5bd1e995",
                spec(),
                parts,
                tombstones,
                Map.of("auc", 0.75, "logloss", 0.125),
                version * 1000,
                1_700_000_001_234L);
    }

    static JsonNode spec() {
        try {
            return new ObjectMapper().readTree("{\"name\": \"clicks\", \"seed\": 7}");
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static Manifest manifest(
            long version,
            @Nullable Long parent,
            List<PartInfo> parts,
            Map<Long, List<Float>> changes) {
        long deleted = changes.values().stream().filter(List::isEmpty).count();
        return manifest(version, parent, parts, deleted);
    }

    /** What changed; an empty row was deleted. */
    private SortedMap<Long, List<Float>> change() {
        SortedMap<Long, List<Float>> changes = new TreeMap<>(Long::compareUnsigned);
        for (int i = 0; i < KEYS / 3; i++) {
            // Slots 0 to 1023, so that half of the keys are negative numbers.
            long key = ParameterKey.ofValue(random.nextInt(12) * 93, random.nextInt(KEYS / 12));
            if (random.nextInt(4) == 0) {
                rows.remove(key);
                changes.put(key, List.of());
            } else {
                List<Float> row = new ArrayList<>(List.of((float) random.nextInt(1000), 5000f));
                int width = 1 + ParameterKey.slot(key) % 7;
                for (int w = 0; w < width; w++) {
                    row.add(random.nextFloat());
                }
                rows.put(key, row);
                changes.put(key, row);
            }
        }
        return changes;
    }

    private List<PartInfo> write(long version, SortedMap<Long, List<Float>> changes)
            throws IOException {
        int shards = 1 + random.nextInt(3);
        List<PartInfo> parts = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            String path = VersionPaths.newPart(NAME, version, shard);
            try (RowFileWriter writer = RowFileWriter.create(storage, path, shard)) {
                for (Map.Entry<Long, List<Float>> row : changes.entrySet()) {
                    if (Long.remainderUnsigned(row.getKey(), shards) == shard) {
                        add(writer, row.getKey(), row.getValue());
                    }
                }
                parts.add(writer.finish());
            }
        }
        return parts;
    }

    private static void add(RowFileWriter writer, long key, List<Float> row) throws IOException {
        if (row.isEmpty()) {
            writer.addTombstone(key, 0, 0);
        } else {
            float[] weights = new float[row.size()];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = row.get(i);
            }
            RowBuffer buffer = new RowBuffer().over(weights, 2, weights.length - 2);
            buffer.examples = row.get(0).longValue();
            buffer.lastEventTime = row.get(1).longValue();
            writer.add(key, buffer, buffer.size);
        }
    }
}
