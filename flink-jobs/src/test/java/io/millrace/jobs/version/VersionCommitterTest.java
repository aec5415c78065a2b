package io.millrace.jobs.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.TestModels;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.version.DamagedVersionException;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionCommitterTest {

    private static final ModelSpec SPEC = TestModels.ratings();

    @TempDir private Path directory;
    private VersionDirectory versions;
    private VersionStorage storage;
    private VersionCatalog catalog;
    private final Announced announced = new Announced();

    @BeforeEach
    void open() {
        versions = new VersionDirectory(directory.toString());
        storage = versions.open();
        catalog = new VersionCatalog(storage, SPEC.name());
    }

    @Test
    void usageExample() throws Exception {
        Manifest manifest = manifest(1, null, 0.5f);

        commit(100, 100, manifest);

        assertThat(catalog.manifest(1)).isEqualTo(manifest);
        assertThat(announced.versions).containsExactly(1L);
        assertThat(announced.closed).isTrue();
        assertThat(storage.exists(VersionPaths.dense(SPEC.name(), 1))).isTrue();
    }

    @Test
    void aVersionIsCompleteBeforeItIsAnnounced() throws Exception {
        Manifest manifest = manifest(1, null, 0.5f);
        announced.onAnnounce = version -> assertThat(catalog.versions()).contains(version);

        commit(100, 100, manifest);

        assertThat(announced.versions).containsExactly(1L);
    }

    @Test
    void aRepeatedCommitIsHarmlessAndAnnouncedAgain() throws Exception {
        Manifest manifest = manifest(1, null, 0.5f);

        commit(100, 100, manifest);
        commit(100, 100, manifest.createdAt(manifest.createdAt() + 1));

        assertThat(catalog.manifest(1)).isEqualTo(manifest);
        assertThat(announced.versions).containsExactly(1L, 1L);
    }

    @Test
    void severalVersionsAreCommittedInTheirOrder() throws Exception {
        Manifest first = manifest(1, null, 0.5f);
        Manifest second = manifest(2, 1L, 0.25f);
        Manifest third = manifest(3, 2L, 0.125f);

        commit(100, 100, third, first, second);

        assertThat(announced.versions).containsExactly(1L, 2L, 3L);
        assertThat(catalog.versions()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aVersionWithoutItsPartIsNeitherCompletedNorAnnounced() throws Exception {
        Manifest manifest = manifest(1, null, 0.5f);
        storage.delete(manifest.parts().get(0).path());
        storage.putIfAbsent(VersionPaths.folder(SPEC.name(), 1) + "/other", new byte[1]);

        assertThatThrownBy(() -> commit(100, 100, manifest))
                .isInstanceOf(DamagedVersionException.class);
        assertThat(catalog.versions()).isEmpty();
        assertThat(announced.versions).isEmpty();
    }

    @Test
    void whatAnAbortedCheckpointLeftIsNoVersion() throws Exception {
        Manifest first = manifest(1, null, 0.5f);
        Manifest aborted = manifest(2, 1L, 0.25f);
        Manifest third = manifest(3, 1L, 0.125f);

        commit(100, 100, first, aborted, third);

        assertThat(announced.versions).containsExactly(1L, 3L);
        assertThat(catalog.versions()).containsExactly(1L, 3L);
    }

    @Test
    void aVersionThatRetentionRemovedDoesNotComeBack() throws Exception {
        Manifest manifest = manifest(1, null, 0.5f);
        commit(100, 100, manifest);
        storage.delete(VersionPaths.folder(SPEC.name(), 1));

        commit(100, 100, manifest);

        assertThat(announced.versions).containsExactly(1L);
        assertThat(catalog.versions()).isEmpty();
    }

    @Test
    void everySoManyVersionsABaseIsMade() throws Exception {
        commit(2, 100, manifest(1, null, 0.5f));
        commit(2, 100, manifest(2, 1L, 0.25f));
        assertThat(catalog.chain(2).links()).hasSize(2);
        commit(2, 100, manifest(3, 2L, 0.125f));
        assertThat(catalog.chain(3).links()).hasSize(1);
        commit(2, 100, manifest(4, 3L, 0.5f));
        assertThat(catalog.chain(4).links()).hasSize(2);
        commit(2, 100, manifest(5, 4L, 0.25f));
        assertThat(catalog.chain(5).links()).hasSize(1);
    }

    @Test
    void onlyTheNewestVersionsAreRetainedAndWhatTheyNeed() throws Exception {
        commit(2, 2, manifest(1, null, 0.5f));
        commit(2, 2, manifest(2, 1L, 0.25f));
        commit(2, 2, manifest(3, 2L, 0.125f));
        // Version 2 is one of the two newest, and a delta to version 1.
        assertThat(catalog.versions()).containsExactly(1L, 2L, 3L);

        commit(2, 2, manifest(4, 3L, 0.5f));
        assertThat(catalog.versions()).containsExactly(3L, 4L);
        assertThat(catalog.chain(4).links()).hasSize(2);
    }

    @Test
    void upkeepThatFailsDoesNotKeepAVersionFromItsReaders() throws Exception {
        // Nothing but its parent is missing, so that it can be committed but not followed.
        commit(1, 1, manifest(2, 1L, 0.5f));
        commit(1, 1, manifest(3, null, 0.5f));

        assertThat(announced.versions).containsExactly(2L, 3L);
        assertThat(catalog.chain(3).links()).hasSize(1);
    }

    private void commit(int baseEvery, int retain, Manifest... manifests) throws Exception {
        VersionCommitter committer =
                new VersionCommitter(
                        new VersionSettings(SPEC, versions, baseEvery, retain), announced);
        try {
            committer.commit(requests(manifests));
        } finally {
            committer.close();
        }
    }

    private Manifest manifest(long version, Long parent, float weight) throws IOException {
        String path = VersionPaths.newPart(SPEC.name(), version, 0);
        PartInfo part;
        try (RowFileWriter rows = RowFileWriter.create(storage, path, 0)) {
            float[] weights = {weight, weight, weight, weight};
            rows.add(ParameterKey.ofValue(1, 100), new RowBuffer().over(weights, 0, 4), 4);
            part = rows.finish();
        }
        return new Manifest(
                SPEC.name(),
                version,
                parent,
                version,
                Map.of("ratings", Map.of(0, version)),
                version,
                ModelSpecWriter.hash(SPEC),
                ModelSpecWriter.write(SPEC),
                List.of(part),
                0,
                Map.of(),
                version,
                1_700_000_000_000L + version);
    }

    private static Collection<CommitRequest<Manifest>> requests(Manifest... manifests) {
        List<CommitRequest<Manifest>> requests = new ArrayList<>();
        for (Manifest manifest : manifests) {
            requests.add(new FakeRequest(manifest));
        }
        return requests;
    }

    /** What was announced, in order. */
    private static final class Announced implements VersionAnnouncer {
        private final List<Long> versions = new ArrayList<>();
        private OnAnnounce onAnnounce = version -> {};
        private boolean closed;

        @Override
        public void announce(Manifest manifest) throws IOException {
            onAnnounce.check(manifest.version());
            versions.add(manifest.version());
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private interface OnAnnounce {
        void check(long version) throws IOException;
    }

    private record FakeRequest(Manifest manifest) implements CommitRequest<Manifest> {

        @Override
        public Manifest getCommittable() {
            return manifest;
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void retryLater() {
            throw new AssertionError("nothing here is retried");
        }

        @Override
        public void updateAndRetryLater(Manifest changed) {
            throw new AssertionError("nothing here is retried");
        }

        @Override
        public void signalAlreadyCommitted() {
            throw new AssertionError("a repeated commit is an ordinary one");
        }
    }
}
