package io.millrace.jobs.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.Await;
import io.millrace.jobs.TestModels;
import io.millrace.jobs.version.VersionPiece.Metrics;
import io.millrace.jobs.version.VersionPiece.Position;
import io.millrace.jobs.version.VersionPiece.Rows;
import io.millrace.model.ModelSpec;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.version.Compaction;
import io.millrace.model.version.DamagedVersionException;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions are numbered as their checkpoints here. */
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
        try (var committer = opened(100, 100)) {
            send(committer, part(1, null));
            send(committer, new Position("ratings", 0, 41));
            send(committer, new Metrics(40, Map.of("rmse", 0.5)));

            committer.snapshot(1, 0);
            assertThat(catalog.versions()).isEmpty();
            assertThat(announced.versions).isEmpty();

            committer.notifyOfCompletedCheckpoint(1);
            assertThat(announced.versions).containsExactly(1L);
        }

        Manifest manifest = catalog.manifest(1);
        assertThat(manifest.checkpointId()).isEqualTo(1);
        assertThat(manifest.offsets()).isEqualTo(Map.of("ratings", Map.of(0, 41L)));
        assertThat(manifest.examples()).isEqualTo(40);
        assertThat(announced.closed).isTrue();
        assertThat(storage.exists(VersionPaths.dense(SPEC.name(), 1))).isTrue();
    }

    @Test
    void tellsTheNewestAnnouncedVersionAndItsAge() throws Exception {
        long before = System.currentTimeMillis();
        try (var harness = opened(100, 100)) {
            var committer = (VersionCommitter) harness.getOperator();
            abortedCheckpoint(harness, part(1, null));
            assertThat(committer.publishedVersion()).isZero();
            assertThat(committer.publishedVersionAge()).isBetween(0.0, since(before));

            checkpoint(harness, part(2, null));
            long published = System.currentTimeMillis();
            assertThat(committer.publishedVersion()).isEqualTo(2);
            assertThat(committer.publishedVersionAge()).isBetween(0.0, since(before));

            Await.until("the clock to go on", () -> System.currentTimeMillis() > published);
            assertThat(committer.publishedVersionAge()).isPositive();
        }
    }

    @Test
    void aVersionIsCompleteBeforeItIsAnnounced() throws Exception {
        announced.onAnnounce = version -> assertThat(catalog.versions()).contains(version);
        try (var committer = opened(100, 100)) {
            checkpoint(committer, part(1, null));
        }

        assertThat(announced.versions).containsExactly(1L);
    }

    @Test
    void whatAnAbortedCheckpointLeftIsNoVersion() throws Exception {
        try (var committer = opened(100, 100)) {
            checkpoint(committer, part(1, null));
            abortedCheckpoint(committer, part(2, 1L));
            checkpoint(committer, part(3, 1L));
            checkpoint(committer, part(4, 3L));
        }

        assertThat(announced.versions).containsExactly(1L, 3L, 4L);
        assertThat(catalog.versions()).containsExactly(1L, 3L, 4L);
    }

    @Test
    void theLastVersionComesWithTheNextCheckpointWhenItsOwnIsAborted() throws Exception {
        OperatorSubtaskState snapshot;
        try (var committer = opened(100, 100)) {
            checkpoint(committer, part(1, null));
            abortedCheckpoint(committer, part(2, 1L));
            // The input has ended: no more parts.
            committer.snapshot(3, 0);
            snapshot = committer.snapshot(4, 0);
            committer.notifyOfCompletedCheckpoint(4);
            assertThat(announced.versions).containsExactly(1L, 2L);
            committer.snapshot(5, 0);
            committer.notifyOfCompletedCheckpoint(5);
            assertThat(announced.versions).containsExactly(1L, 2L);
        }
        restored(snapshot, 4).close();

        assertThat(announced.versions).containsExactly(1L, 2L, 2L);
        assertThat(catalog.manifest(2).checkpointId()).isEqualTo(4);
    }

    /** A shard has heard of it, or it would not build on it. */
    @Test
    void aVersionWhoseCompletionWasNotHeardOfIsPublishedBeforeOneThatBuildsOnIt() throws Exception {
        try (var committer = opened(100, 100)) {
            checkpoint(committer, part(1, null));
            abortedCheckpoint(committer, part(2, 1L));
            abortedCheckpoint(committer, part(3, 1L));
            checkpoint(committer, part(4, 3L));
        }

        assertThat(announced.versions).containsExactly(1L, 3L, 4L);
        assertThat(catalog.chain(4).links()).hasSize(3);
    }

    @Test
    void aRestoredCheckpointIsPublishedAndAnnouncedAgain() throws Exception {
        OperatorSubtaskState snapshot;
        try (var committer = opened(100, 100)) {
            checkpoint(committer, part(1, null));
            send(committer, part(2, 1L));
            snapshot = committer.snapshot(2, 0);
        }
        assertThat(announced.versions).containsExactly(1L);

        restored(snapshot, 2).close();
        assertThat(announced.versions).containsExactly(1L, 2L);
        Manifest manifest = catalog.manifest(2);

        restored(snapshot, 2).close();
        assertThat(announced.versions).containsExactly(1L, 2L, 2L);
        assertThat(catalog.manifest(2)).isEqualTo(manifest);
    }

    @Test
    void whatAnAbortedCheckpointLeftIsNoVersionAfterARestoreEither() throws Exception {
        OperatorSubtaskState snapshot;
        try (var committer = opened(100, 100)) {
            abortedCheckpoint(committer, part(1, null));
            send(committer, part(2, null));
            snapshot = committer.snapshot(2, 0);
        }

        try (var committer = restored(snapshot, 2)) {
            checkpoint(committer, part(3, 2L));
        }
        assertThat(announced.versions).containsExactly(2L, 3L);
        assertThat(catalog.versions()).containsExactly(2L, 3L);
    }

    @Test
    void positionsAreKeptOverARestore() throws Exception {
        OperatorSubtaskState snapshot;
        try (var committer = opened(100, 100)) {
            send(committer, new Position("clicks", 0, 10));
            send(committer, new Position("impressions", 3, 30));
            send(committer, part(1, null));
            snapshot = committer.snapshot(1, 0);
        }
        try (var committer = restored(snapshot, 1)) {
            send(committer, new Position("clicks", 0, 11));
            checkpoint(committer, part(2, 1L));
        }

        assertThat(catalog.manifest(2).offsets())
                .isEqualTo(Map.of("clicks", Map.of(0, 11L), "impressions", Map.of(3, 30L)));
    }

    @Test
    void aVersionThatRetentionRemovedDoesNotComeBack() throws Exception {
        OperatorSubtaskState snapshot;
        try (var committer = opened(100, 100)) {
            send(committer, part(1, null));
            snapshot = committer.snapshot(1, 0);
            committer.notifyOfCompletedCheckpoint(1);
        }
        storage.delete(VersionPaths.folder(SPEC.name(), 1));

        restored(snapshot, 1).close();

        assertThat(announced.versions).containsExactly(1L);
        assertThat(catalog.versions()).isEmpty();
    }

    @Test
    void aVersionWithoutOneOfItsPartsIsNeitherCompletedNorAnnounced() throws Exception {
        Rows part = part(1, null);
        storage.delete(part.part().path());
        storage.putIfAbsent(VersionPaths.newPart(SPEC.name(), 1, 0), new byte[1]);

        try (var committer = opened(100, 100)) {
            assertThatThrownBy(() -> checkpoint(committer, part))
                    .isInstanceOf(DamagedVersionException.class);
        }
        assertThat(catalog.versions()).isEmpty();
        assertThat(announced.versions).isEmpty();
    }

    @Test
    void everySoManyVersionsABaseIsMade() throws Exception {
        publish(2, 100, part(1, null));
        publish(2, 100, part(2, 1L));
        assertThat(catalog.chain(2).links()).hasSize(2);
        publish(2, 100, part(3, 2L));
        assertThat(catalog.chain(3).links()).hasSize(1);
        publish(2, 100, part(4, 3L));
        assertThat(catalog.chain(4).links()).hasSize(2);
        publish(2, 100, part(5, 4L));
        assertThat(catalog.chain(5).links()).hasSize(1);
    }

    @Test
    void onlyTheNewestVersionsAreRetainedAndWhatTheyNeed() throws Exception {
        publish(2, 2, part(1, null));
        publish(2, 2, part(2, 1L));
        publish(2, 2, part(3, 2L));
        // Version 2 is one of the two newest, and a delta to version 1.
        assertThat(catalog.versions()).containsExactly(1L, 2L, 3L);

        publish(2, 2, part(4, 3L));
        assertThat(catalog.versions()).containsExactly(3L, 4L);
        assertThat(catalog.chain(4).links()).hasSize(2);
    }

    @Test
    void toCommitAVersionAgainChangesNothing() throws Exception {
        publish(1, 100, part(1, null));
        OperatorSubtaskState snapshot;
        try (var committer = opened(1, 100)) {
            send(committer, part(2, 1L));
            snapshot = committer.snapshot(2, 0);
            committer.notifyOfCompletedCheckpoint(2);
        }
        Map<String, String> files = files();
        assertThat(files.keySet()).filteredOn(file -> file.endsWith("base.json")).hasSize(1);

        for (int again = 0; again < 3; again++) {
            var harness = harness(1, 100);
            harness.setRestoredCheckpointId(2);
            harness.initializeState(snapshot);
            harness.open();
            harness.notifyOfCompletedCheckpoint(2);
            harness.close();

            assertThat(files()).isEqualTo(files);
        }
        assertThat(announced.versions).containsExactly(1L, 2L, 2L, 2L, 2L);
    }

    /** The version that was restored is older than all that retention would keep. */
    @Test
    void whatAJobWasRestoredFromIsRetainedUntilItsFirstChild() throws Exception {
        OperatorSubtaskState snapshot;
        publish(100, 100, part(1, null));
        try (var committer = opened(100, 100)) {
            send(committer, part(2, 1L));
            snapshot = committer.snapshot(2, 0);
            committer.notifyOfCompletedCheckpoint(2);
        }
        publish(100, 100, part(3, 2L));
        new Compaction(storage, SPEC.name()).compact(3);

        var harness = harness(100, 1);
        harness.setRestoredCheckpointId(2);
        harness.initializeState(snapshot);
        harness.open();
        harness.close();

        assertThat(catalog.versions()).containsExactly(1L, 2L, 3L);
        publish(100, 1, part(4, 2L));
        assertThat(catalog.versions()).containsExactly(1L, 2L, 4L);
        assertThat(catalog.chain(4).links()).hasSize(3);
    }

    @Test
    void aParentThatAShardMayStillBuildOnIsRetained() throws Exception {
        publish(1, 1, part(1, null));
        publish(1, 1, part(2, 1L));
        assertThat(catalog.chain(2).links()).hasSize(1);

        assertThat(catalog.versions()).containsExactly(1L, 2L);

        publish(1, 1, part(3, 1L));
        assertThat(catalog.chain(3).links()).hasSize(1);
    }

    /** The shards take a version that is not there as the sign to start a new chain. */
    @Test
    void aDamagedChainIsGivenUpForANewOne() throws Exception {
        Rows damaged = part(1, null);
        publish(1, 100, damaged);
        damage(damaged);
        OperatorSubtaskState snapshot;
        try (var committer = opened(1, 100)) {
            checkpoint(committer, part(2, 1L));
            Await.until(
                    "the export and the compaction to find the damage",
                    () -> upkeepFailures(committer) == 2);
            send(committer, part(3, 2L));
            snapshot = committer.snapshot(3, 0);

            assertThatThrownBy(() -> committer.notifyOfCompletedCheckpoint(3))
                    .isInstanceOf(DamagedVersionException.class)
                    .hasMessageContaining(damaged.part().path())
                    .hasMessageContaining("the next version stands alone");
        }
        assertThat(announced.versions).containsExactly(1L, 2L);
        assertThat(storage.list(VersionPaths.folder(SPEC.name(), 3))).isEmpty();

        try (var committer = restored(snapshot, 3)) {
            checkpoint(committer, part(4, null));
            checkpoint(committer, part(5, 4L));
        }
        assertThat(announced.versions).containsExactly(1L, 2L, 4L, 5L);
        assertThat(catalog.chain(5).links()).hasSize(2);
    }

    @Test
    void theLastVersionIsPublishedWhateverIsDamaged() throws Exception {
        Rows damaged = part(1, null);
        publish(1, 100, damaged);
        damage(damaged);
        try (var committer = opened(1, 100)) {
            checkpoint(committer, part(2, 1L));
            Await.until(
                    "the export and the compaction to find the damage",
                    () -> upkeepFailures(committer) == 2);
            committer.getOperator().finish();
            checkpoint(committer, part(3, 2L));
        }

        assertThat(announced.versions).containsExactly(1L, 2L, 3L);
    }

    /** It does not build on what is damaged, so to start again would gain nothing, for ever. */
    @Test
    void aVersionThatStandsAloneIsPublishedWhateverIsDamaged() throws Exception {
        Rows damaged = part(1, null);
        publish(1, 100, damaged);
        damage(damaged);
        try (var committer = opened(1, 100)) {
            checkpoint(committer, part(2, 1L));
            Await.until(
                    "the export and the compaction to find the damage",
                    () -> upkeepFailures(committer) == 2);
            checkpoint(committer, part(3, null));
        }
        assertThat(announced.versions).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whatHasLostAPartIsWithdrawnSoThatTheJobCanGoOn() throws Exception {
        OperatorSubtaskState snapshot;
        Rows lost = part(1, null);
        try (var committer = opened(100, 100)) {
            send(committer, lost);
            snapshot = committer.snapshot(1, 0);
        }
        storage.delete(lost.part().path());
        Path rest = directory.resolve(VersionPaths.folder(SPEC.name(), 1)).resolve("rest");
        Files.createDirectories(rest.getParent());
        Files.write(rest, new byte[] {1});

        assertThatThrownBy(() -> restored(snapshot, 1)).hasStackTraceContaining(lost.part().path());
        try (var committer = restored(snapshot, 1)) {
            checkpoint(committer, part(2, null));
        }
        assertThat(announced.versions).containsExactly(2L);
    }

    /** The news of the first checkpoint comes when the barrier of the second has passed. */
    @Test
    void theLastVersionIsPublishedByWhicheverOfItsCheckpointsCompletes() throws Exception {
        try (var committer = opened(100, 100)) {
            send(committer, part(1, null));
            committer.snapshot(1, 0);
            committer.snapshot(2, 0);
            committer.notifyOfCompletedCheckpoint(1);
            assertThat(announced.versions).containsExactly(1L);
            assertThat(catalog.manifest(1).checkpointId()).isEqualTo(1);
            committer.notifyOfCompletedCheckpoint(2);
        }
        assertThat(announced.versions).containsExactly(1L);
    }

    @Test
    void upkeepThatFailsKeepsNoVersionFromItsReaders() throws Exception {
        // The parent is missing, so that no upkeep can follow the chain.
        publish(1, 1, part(2, 1L));
        publish(1, 1, part(3, null));

        assertThat(announced.versions).containsExactly(2L, 3L);
        assertThat(catalog.chain(3).links()).hasSize(1);
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (String path : storage.list(SPEC.name())) {
            files.put(path, HexFormat.of().formatHex(storage.open(path).readAllBytes()));
        }
        return files;
    }

    private void damage(Rows rows) throws IOException {
        Path file = directory.resolve(rows.part().path());
        byte[] bytes = Files.readAllBytes(file);
        bytes[30] ^= 1;
        Files.write(file, bytes);
    }

    private static double since(long time) {
        return System.currentTimeMillis() - time;
    }

    private static long upkeepFailures(
            OneInputStreamOperatorTestHarness<VersionPiece, Void> committer) {
        return ((VersionCommitter) committer.getOperator()).upkeepFailures();
    }

    private static void send(
            OneInputStreamOperatorTestHarness<VersionPiece, Void> committer, VersionPiece piece)
            throws Exception {
        committer.processElement(new StreamRecord<>(piece));
    }

    private static void checkpoint(
            OneInputStreamOperatorTestHarness<VersionPiece, Void> committer, Rows part)
            throws Exception {
        abortedCheckpoint(committer, part);
        committer.notifyOfCompletedCheckpoint(part.checkpointId());
    }

    /** One of whose completion nobody hears. */
    private static void abortedCheckpoint(
            OneInputStreamOperatorTestHarness<VersionPiece, Void> committer, Rows part)
            throws Exception {
        send(committer, part);
        committer.snapshot(part.checkpointId(), 0);
    }

    /** Publishes one version and waits until the upkeep after it is done. */
    private void publish(int baseEvery, int retain, Rows part) throws Exception {
        try (var committer = opened(baseEvery, retain)) {
            checkpoint(committer, part);
        }
    }

    private OneInputStreamOperatorTestHarness<VersionPiece, Void> opened(int baseEvery, int retain)
            throws Exception {
        var harness = harness(baseEvery, retain);
        harness.open();
        return harness;
    }

    private OneInputStreamOperatorTestHarness<VersionPiece, Void> restored(
            OperatorSubtaskState snapshot, long checkpointId) throws Exception {
        var harness = harness(100, 100);
        harness.setRestoredCheckpointId(checkpointId);
        harness.initializeState(snapshot);
        harness.open();
        return harness;
    }

    private OneInputStreamOperatorTestHarness<VersionPiece, Void> harness(int baseEvery, int retain)
            throws Exception {
        VersionSettings settings = new VersionSettings(SPEC, versions, 1, baseEvery, retain);
        return new OneInputStreamOperatorTestHarness<>(
                new VersionCommitter(settings, () -> announced));
    }

    private Rows part(long version, Long parent) throws IOException {
        String path = VersionPaths.newPart(SPEC.name(), version, 0);
        try (RowFileWriter rows = RowFileWriter.create(storage, path, 0)) {
            float[] weights = {version, version, version, version};
            rows.add(ParameterKey.ofValue(1, 100), new RowBuffer().over(weights, 0, 4), 4);
            PartInfo part = rows.finish();
            return new Rows(version, version, parent, version, part);
        }
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
}
