package io.millrace.model.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VersionRetentionTest {

    private final MemoryVersionStorage storage = new MemoryVersionStorage();
    private final SampleModel model = new SampleModel(storage, 4);
    private final VersionCatalog catalog = new VersionCatalog(storage, SampleModel.NAME);
    private final VersionRetention retention = new VersionRetention(storage, SampleModel.NAME);

    @Test
    void usageExample() throws IOException {
        model.publish(1, null);
        model.publish(2, 1L);
        model.publish(3, null);
        model.publish(4, 3L);
        model.publish(5, 4L);

        assertThat(retention.apply(2)).containsExactly(1L, 2L);

        assertThat(catalog.versions()).containsExactly(3L, 4L, 5L);
    }

    @Test
    void deletesWhatACompactionHasReplaced() throws IOException {
        model.publish(1, null);
        model.publish(2, 1L);
        model.publish(3, 2L);
        assertThat(retention.apply(1)).isEmpty();

        new Compaction(storage, SampleModel.NAME).compact(3);

        assertThat(retention.apply(1)).containsExactly(1L, 2L);
        assertThat(SampleModel.read(storage, 3)).isEqualTo(model.rowsAt(3));
    }

    @Test
    void keepsWhatOthersMayYetBuildOn() throws IOException {
        model.publish(1, null);
        model.publish(2, 1L);
        model.publish(3, 2L);
        new Compaction(storage, SampleModel.NAME).compact(3);

        assertThat(retention.apply(1, Set.of(2L, 99L))).isEmpty();

        assertThat(SampleModel.read(storage, 2)).isEqualTo(model.rowsAt(2));
        assertThat(retention.apply(1)).containsExactly(1L, 2L);
    }

    @Test
    void neverDeletesWhatAKeptVersionNeeds() throws IOException {
        Random random = new Random(5);
        long previous = -1;
        for (long version = 1; version <= 120; version++) {
            boolean base = previous < 0 || random.nextInt(6) == 0;
            model.publish(version, base ? null : (Long) previous);
            previous = version;
            if (random.nextInt(4) == 0) {
                new Compaction(storage, SampleModel.NAME).compact(version);
            }
            if (random.nextInt(3) == 0) {
                int keep = 1 + random.nextInt(5);
                retention.apply(keep);
                List<Long> left = catalog.versions();
                assertThat(left).contains(version);
                for (long kept : left.subList(Math.max(0, left.size() - keep), left.size())) {
                    assertThat(SampleModel.read(storage, kept))
                            .as("version %d", kept)
                            .isEqualTo(model.rowsAt(kept));
                }
            }
        }
        assertThat(catalog.versions().size()).isLessThan(30);
    }

    @Test
    void deletesWhatUnfinishedVersionsLeft() throws IOException {
        String old = VersionPaths.newPart(SampleModel.NAME, 2, 0);
        String current = VersionPaths.newPart(SampleModel.NAME, 4, 0);
        storage.replace(old, new byte[0]);
        storage.replace(current, new byte[0]);
        model.publish(1, null);
        model.publish(3, 1L);

        assertThat(retention.apply(10)).containsExactly(2L);

        assertThat(storage.exists(old)).isFalse();
        assertThat(storage.exists(current)).isTrue();
        assertThat(catalog.versions()).containsExactly(1L, 3L);
    }

    @Test
    void deletesNothingWhenAKeptVersionIsDamaged() throws IOException {
        model.publish(1, null);
        model.publish(2, null);
        model.publish(3, 2L);
        storage.bytes(VersionPaths.manifest(SampleModel.NAME, 2))[50] ^= 1;

        assertThatThrownBy(() -> retention.apply(1)).isInstanceOf(DamagedVersionException.class);

        assertThat(catalog.versions()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void touchesNoOtherModel() throws IOException {
        storage.replace(VersionPaths.newPart("clicks-2", 1, 0), new byte[0]);
        model.publish(5, null);

        retention.apply(1);

        assertThat(storage.list("clicks-2")).hasSize(1);
    }

    @Test
    void keepsAtLeastOne() {
        assertThatThrownBy(() -> retention.apply(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
    }
}
