package io.millrace.model.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.parameter.RowBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionWriterTest {

    private static final long SEED = 1;

    private final MemoryVersionStorage storage = new MemoryVersionStorage();
    private final VersionWriter writer = new VersionWriter(storage);

    @Test
    void usageExample() throws IOException {
        Manifest manifest = SampleModel.manifest(7, null, List.of(part(storage, 7)), 0);

        assertThat(writer.commit(manifest)).isTrue();

        assertThat(new VersionCatalog(storage, "clicks").newest()).hasValue(7);
    }

    @Test
    void committingAgainIsHarmless() throws IOException {
        Manifest manifest = SampleModel.manifest(7, null, List.of(part(storage, 7)), 0);
        writer.commit(manifest);
        byte[] written = storage.bytes(manifest.path()).clone();

        assertThat(writer.commit(manifest)).isFalse();
        assertThat(writer.commit(manifest.createdAt(99))).isFalse();

        assertThat(storage.bytes(manifest.path())).isEqualTo(written);
    }

    @Test
    void committingAgainIsHarmlessEvenWhenPartsHaveGone() throws IOException {
        PartInfo part = part(storage, 7);
        Manifest manifest = SampleModel.manifest(7, null, List.of(part), 0);
        writer.commit(manifest);
        storage.delete(part.path());

        assertThat(writer.commit(manifest)).isFalse();
    }

    @Test
    void refusesAnotherHistory() throws IOException {
        Manifest manifest = SampleModel.manifest(7, null, List.of(part(storage, 7)), 0);
        writer.commit(manifest);
        byte[] written = storage.bytes(manifest.path()).clone();
        Manifest other = SampleModel.manifest(7, null, List.of(part(storage, 7)), 0);

        assertThatThrownBy(() -> writer.commit(other))
                .isInstanceOf(VersionConflictException.class)
                .hasMessageContaining(manifest.path())
                .hasMessageContaining("another history");
        assertThat(storage.bytes(manifest.path())).isEqualTo(written);
    }

    @Test
    void refusesAVersionWithoutItsParts() throws IOException {
        PartInfo part = part(storage, 7);
        storage.delete(part.path());

        assertThatThrownBy(() -> writer.commit(SampleModel.manifest(7, null, List.of(part), 0)))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageContaining(part.path());
        assertThat(new VersionCatalog(storage, "clicks").versions()).isEmpty();
    }

    @Test
    void saysOfPromisedPartsWhatTheySay() throws IOException {
        PartInfo part = part(storage, 7);
        Manifest promise = SampleModel.manifest(7, null, List.of(promised(part)), 0);

        assertThat(writer.commit(promise)).isTrue();
        assertThat(Manifest.read(storage, "clicks", 7).parts()).containsExactly(part);
        assertThat(writer.commit(promise)).isFalse();
        storage.delete(part.path());
        assertThat(writer.commit(promise)).as("the manifest is there already").isFalse();

        Manifest other = SampleModel.manifest(7, null, List.of(promised(part(storage, 7))), 0);
        assertThatThrownBy(() -> writer.commit(other)).isInstanceOf(VersionConflictException.class);
    }

    @Test
    void refusesAPartThatWasNotWrittenToItsEnd() throws IOException {
        PartInfo part = part(storage, 7);
        Manifest promise = SampleModel.manifest(7, null, List.of(promised(part)), 0);
        byte[] whole = storage.bytes(part.path()).clone();
        int end = 1 + Long.BYTES + Integer.BYTES;
        for (int length = 0; length < whole.length; length++) {
            storage.replace(part.path(), Arrays.copyOf(whole, length));
            // Weights are not 0 here, headers are: a zero there looks like the mark of an end.
            boolean looksLikeAnEnd = length > end && whole[length - end] == 0;
            if (!looksLikeAnEnd) {
                assertThatThrownBy(() -> writer.commit(promise))
                        .isInstanceOf(DamagedVersionException.class)
                        .hasMessage(part.path() + ": it was not written to its end");
            }
        }
        for (long rows : new long[] {-1, 4, Long.MAX_VALUE}) {
            byte[] wrong = whole.clone();
            ByteBuffer.wrap(wrong)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(whole.length - Long.BYTES - Integer.BYTES, rows);
            storage.replace(part.path(), wrong);
            assertThatThrownBy(() -> writer.commit(promise))
                    .as("%d rows", rows)
                    .hasMessage(part.path() + ": it was not written to its end");
        }
        storage.delete(part.path());
        assertThatThrownBy(() -> writer.commit(promise))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessage(part.path() + ": the file is missing");
        assertThat(new VersionCatalog(storage, "clicks").versions()).isEmpty();
    }

    @Test
    void refusesAPartThatIsNotTheOneThatWasWritten() throws IOException {
        PartInfo part = part(storage, 7);
        PartInfo other = new PartInfo(part.path(), 0, part.rows(), part.bytes(), 77);

        assertThatThrownBy(() -> writer.commit(SampleModel.manifest(7, null, List.of(other), 0)))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageContaining("is not the file that was written");
    }

    @Test
    void oneOfTwoHistoriesWins(@TempDir Path folder) throws Exception {
        VersionStorage local = new LocalVersionStorage(folder);
        List<Callable<Boolean>> commits = new ArrayList<>();
        for (int history = 0; history < 4; history++) {
            Manifest manifest = SampleModel.manifest(7, null, List.of(part(local, 7)), 0);
            commits.add(
                    () -> {
                        try {
                            return new VersionWriter(local).commit(manifest);
                        } catch (VersionConflictException lost) {
                            return false;
                        }
                    });
        }
        ExecutorService threads = Executors.newFixedThreadPool(commits.size());
        try {
            List<Boolean> won = new ArrayList<>();
            for (Future<Boolean> result : threads.invokeAll(commits)) {
                won.add(result.get());
            }
            assertThat(won).containsOnlyOnce(true);
        } finally {
            threads.shutdownNow();
        }
    }

    private static PartInfo promised(PartInfo part) {
        return PartInfo.promised(part.path(), part.shard());
    }

    /** Three rows; the first bit of the checksum is set. */
    private static PartInfo part(VersionStorage storage, long version) throws IOException {
        String path = VersionPaths.newPart("clicks", version, 0);
        try (RowFileWriter writer = RowFileWriter.create(storage, path, 0)) {
            for (int key = 1; key <= 3; key++) {
                RowBuffer row = new RowBuffer().over(new float[] {1.1f, -2.3f}, 0, 2);
                row.examples = SEED;
                writer.add(key, row, 2);
            }
            PartInfo part = writer.finish();
            assertThat(part.crc32c()).isGreaterThan(Integer.MAX_VALUE);
            return part;
        }
    }
}
