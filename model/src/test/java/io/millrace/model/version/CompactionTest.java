package io.millrace.model.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.parameter.RowBuffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CompactionTest {

    private final MemoryVersionStorage storage = new MemoryVersionStorage();
    private final SampleModel model = new SampleModel(storage, 3);
    private final Compaction compaction = new Compaction(storage, SampleModel.NAME);
    private final VersionCatalog catalog = new VersionCatalog(storage, SampleModel.NAME);

    @Test
    void usageExample() throws IOException {
        publishTo(5);

        assertThat(compaction.compact(5)).isTrue();

        assertThat(catalog.chain(5).files()).hasSize(1);
        assertThat(SampleModel.read(storage, 5)).isEqualTo(model.rowsAt(5));
    }

    @Test
    void equalsTheChainAtEveryVersion() throws IOException {
        publishTo(30);

        for (long version = 3; version <= 30; version += 3) {
            compaction.compact(version);
        }

        for (long version = 1; version <= 30; version++) {
            assertThat(SampleModel.read(storage, version))
                    .as("version %d", version)
                    .isEqualTo(model.rowsAt(version));
        }
    }

    @Test
    void dropsTombstones() throws IOException {
        publishTo(5);
        compaction.compact(5);

        PartInfo base = catalog.chain(5).files().get(0);
        try (RowFileReader rows = RowFileReader.open(storage, base)) {
            while (rows.next()) {
                assertThat(rows.tombstone()).isFalse();
            }
        }
        assertThat(base.rows()).isEqualTo(model.rowsAt(5).size());
    }

    @Test
    void hasNothingToDoForABaseOrACompactedVersion() throws IOException {
        publishTo(2);
        compaction.compact(2);
        List<String> before = storage.list(SampleModel.NAME);

        assertThat(compaction.compact(1)).isFalse();
        assertThat(compaction.compact(2)).isFalse();

        assertThat(storage.list(SampleModel.NAME)).isEqualTo(before);
    }

    @Test
    void leavesNothingWhenAFileIsDamaged() throws IOException {
        publishTo(3);
        List<String> before = storage.list(SampleModel.NAME);
        byte[] part = storage.bytes(catalog.chain(2).files().get(0).path());
        part[part.length - 1] ^= 1;

        assertThatThrownBy(() -> compaction.compact(3)).isInstanceOf(DamagedVersionException.class);

        assertThat(storage.list(SampleModel.NAME)).isEqualTo(before);
    }

    @Test
    void refusesARowThatTwoPartsOfAVersionHold() throws IOException {
        commit(1, null, part(1, 0, 5), part(1, 1, 5));
        commit(2, 1L, part(2, 0, 7));

        assertThatThrownBy(() -> compaction.compact(2))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageContaining("row 5 is also in");
    }

    @Test
    void severalAtOnceLeaveOneBase() throws Exception {
        publishTo(5);
        List<Callable<Boolean>> attempts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            attempts.add(() -> new Compaction(storage, SampleModel.NAME).compact(5));
        }
        ExecutorService threads = Executors.newFixedThreadPool(attempts.size());
        try {
            List<Boolean> won = new ArrayList<>();
            for (Future<Boolean> result : threads.invokeAll(attempts)) {
                won.add(result.get());
            }
            assertThat(won).containsOnlyOnce(true);
        } finally {
            threads.shutdownNow();
        }
        assertThat(storage.list(VersionPaths.folder(SampleModel.NAME, 5)))
                .filteredOn(path -> path.contains("base-"))
                .hasSize(1);
        assertThat(SampleModel.read(storage, 5)).isEqualTo(model.rowsAt(5));
    }

    private void publishTo(long newest) throws IOException {
        model.publish(1, null);
        for (long version = 2; version <= newest; version++) {
            model.publish(version, version - 1);
        }
    }

    private void commit(long version, @Nullable Long parent, PartInfo... parts) throws IOException {
        new VersionWriter(storage).commit(SampleModel.manifest(version, parent, List.of(parts), 0));
    }

    private PartInfo part(long version, int shard, long key) throws IOException {
        String path = VersionPaths.newPart(SampleModel.NAME, version, shard);
        try (RowFileWriter writer = RowFileWriter.create(storage, path, shard)) {
            writer.add(key, new RowBuffer().over(new float[] {1}, 0, 1), 1);
            return writer.finish();
        }
    }
}
