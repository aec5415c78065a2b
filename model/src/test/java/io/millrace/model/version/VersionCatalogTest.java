package io.millrace.model.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionCatalogTest {

    private final MemoryVersionStorage storage = new MemoryVersionStorage();
    private final VersionCatalog catalog = new VersionCatalog(storage, SampleModel.NAME);
    private final SampleModel model = new SampleModel(storage, 1);

    @Test
    void usageExample() throws IOException {
        model.publish(1, null);
        model.publish(4, 1L);
        model.publish(9, 4L);

        assertThat(catalog.versions()).containsExactly(1L, 4L, 9L);
        assertThat(catalog.newest()).hasValue(9);
        assertThat(links(catalog.chain(9))).containsExactly(1L, 4L, 9L);
        assertThat(SampleModel.read(storage, 9)).isEqualTo(model.rowsAt(9));
    }

    @Test
    void knowsOnlyCompleteVersions() throws IOException {
        assertThat(catalog.versions()).isEmpty();
        assertThat(catalog.newest()).isEmpty();
        storage.replace(VersionPaths.newPart(SampleModel.NAME, 3, 0), new byte[0]);
        storage.replace("clicks/notes/manifest.json", new byte[0]);
        storage.replace("clicks/99999999999999999999/manifest.json", new byte[0]);
        storage.replace("clicks/00000000000000000005/old/manifest.json", new byte[0]);
        new SampleModel(storage, 2).publish(2, null);

        assertThat(catalog.versions()).containsExactly(2L);
    }

    @Test
    void basesAndDeltasReadBackAsTheFullRows() throws IOException {
        model.publish(1, null);
        for (long version = 2; version <= 40; version++) {
            model.publish(version, version % 7 == 0 ? null : (Long) (version - 1));
        }

        for (long version = 1; version <= 40; version++) {
            assertThat(SampleModel.read(storage, version))
                    .as("version %d", version)
                    .isEqualTo(model.rowsAt(version));
        }
        assertThat(links(catalog.chain(20))).containsExactly(14L, 15L, 16L, 17L, 18L, 19L, 20L);
        assertThat(links(catalog.chain(21))).containsExactly(21L);
    }

    @Test
    void startsAtTheNearestCompactedVersion() throws IOException {
        publishTo(5);
        new Compaction(storage, SampleModel.NAME).compact(3);

        assertThat(links(catalog.chain(5))).containsExactly(3L, 4L, 5L);
        assertThat(links(catalog.chain(3))).containsExactly(3L);
        assertThat(links(catalog.chain(2))).containsExactly(1L, 2L);
    }

    @Test
    void namesAMissingParent() throws IOException {
        publishTo(5);
        storage.delete(VersionPaths.folder(SampleModel.NAME, 3));

        assertThatThrownBy(() -> catalog.chain(5))
                .isInstanceOf(MissingParentException.class)
                .hasMessageContaining(VersionPaths.manifest(SampleModel.NAME, 4))
                .hasMessageContaining("delta to version 3");
        assertThat(links(catalog.chain(2))).containsExactly(1L, 2L);
    }

    @Test
    void leadsFromOneVersionToAnother() throws IOException {
        publishTo(5);

        assertThat(from(2, 5)).containsExactly(3L, 4L, 5L);
        assertThat(from(4, 5)).containsExactly(5L);
        assertThat(from(5, 5)).isEmpty();
        assertThat(catalog.chainFrom(catalog.manifest(5), 4)).isEmpty();
    }

    @Test
    void leadsPastCompactedVersionsWhileTheDeltasAreThere() throws IOException {
        publishTo(5);
        new Compaction(storage, SampleModel.NAME).compact(4);

        assertThat(from(2, 5)).containsExactly(3L, 4L, 5L);
        storage.delete(VersionPaths.folder(SampleModel.NAME, 3));
        assertThat(catalog.chainFrom(catalog.manifest(2), 5)).isEmpty();
        assertThat(from(4, 5)).containsExactly(5L);
    }

    @Test
    void leadsNowhereFromAVersionOfAnotherBranch() throws IOException {
        publishTo(2);
        model.publish(3, null);
        commit(4, 2L);

        assertThat(catalog.chainFrom(catalog.manifest(3), 4)).isEmpty();
        assertThat(catalog.chainFrom(catalog.manifest(2), 3)).isEmpty();
    }

    @Test
    void namesADamagedManifestOnTheWay() throws IOException {
        publishTo(3);
        storage.bytes(VersionPaths.manifest(SampleModel.NAME, 2))[100] ^= 1;

        assertThatThrownBy(() -> catalog.chain(3))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageStartingWith(VersionPaths.manifest(SampleModel.NAME, 2));
    }

    @Test
    void refusesModelNamesThatLeadElsewhere() {
        for (String name : List.of("", "..", "a/b", "a b", ".x")) {
            assertThatThrownBy(() -> new VersionCatalog(storage, name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("model name");
        }
    }

    private void publishTo(long newest) throws IOException {
        model.publish(1, null);
        for (long version = 2; version <= newest; version++) {
            model.publish(version, version - 1);
        }
    }

    private void commit(long version, @Nullable Long parent) throws IOException {
        new VersionWriter(storage).commit(SampleModel.manifest(version, parent, List.of(), 0));
    }

    private List<Long> from(long ancestor, long version) throws IOException {
        return links(catalog.chainFrom(catalog.manifest(ancestor), version).orElseThrow());
    }

    private static List<Long> links(VersionChain chain) {
        return chain.links().stream().map(VersionChain.Link::version).toList();
    }
}
