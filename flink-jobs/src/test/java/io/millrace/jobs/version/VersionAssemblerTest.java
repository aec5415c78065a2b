package io.millrace.jobs.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.TestModels;
import io.millrace.jobs.version.VersionPiece.Metrics;
import io.millrace.jobs.version.VersionPiece.Position;
import io.millrace.jobs.version.VersionPiece.Rows;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.VersionPaths;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionAssemblerTest {

    private static final ModelSpec SPEC = TestModels.ratings();

    private final VersionAssembler assembler = new VersionAssembler(SPEC, List.of());

    @Test
    void usageExample() throws Exception {
        write(part(107, 7, 105L, 900, 0));
        write(new Position("ratings", 0, 41));
        write(new Metrics(40, Map.of("rmse", 0.5)));
        write(part(107, 7, 105L, 800, 1));

        Manifest manifest = commit();

        assertThat(manifest.model()).isEqualTo("test");
        assertThat(manifest.version()).isEqualTo(107);
        assertThat(manifest.parent()).isEqualTo(105);
        assertThat(manifest.checkpointId()).isEqualTo(7);
        assertThat(manifest.offsets()).isEqualTo(Map.of("ratings", Map.of(0, 41L)));
        assertThat(manifest.watermark()).isEqualTo(800);
        assertThat(manifest.specHash()).isEqualTo(ModelSpecWriter.hash(SPEC));
        assertThat(manifest.modelSpec()).isEqualTo(SPEC);
        assertThat(manifest.parts()).extracting(PartInfo::shard).containsExactly(0, 1);
        assertThat(manifest.metrics()).isEqualTo(Map.of("rmse", 0.5));
        assertThat(manifest.examples()).isEqualTo(40);
    }

    @Test
    void withoutPartsThereIsNoVersion() {
        write(new Position("ratings", 0, 41));
        write(new Metrics(40, Map.of()));

        assertThat(assembler.prepareCommit()).isEmpty();
    }

    @Test
    void eachVersionHasThePartsOfItsOwnBarrier() {
        write(part(1, 1, null, 0, 0));
        assertThat(commit().parts()).hasSize(1);
        write(part(2, 2, 1L, 0, 0));
        write(part(2, 2, 1L, 0, 1));

        assertThat(commit().parts())
                .extracting(PartInfo::path)
                .containsExactly(path(2, 0), path(2, 1));
        assertThat(assembler.prepareCommit()).isEmpty();
    }

    @Test
    void theParentIsTheNewestVersionThatAnyShardKnows() {
        write(part(5, 5, 3L, 0, 0));
        write(part(5, 5, 4L, 0, 1));
        write(part(5, 5, null, 0, 2));

        assertThat(commit().parent()).isEqualTo(4);
    }

    @Test
    void withoutAnyParentItIsABase() {
        write(part(5, 5, null, 0, 0));

        assertThat(commit().isBase()).isTrue();
    }

    @Test
    void aPartitionKeepsItsPositionWhileItIsSilent() {
        write(part(1, 1, null, 0, 0));
        write(new Position("clicks", 0, 10));
        write(new Position("clicks", 1, 20));
        commit();
        write(part(2, 2, 1L, 0, 0));
        write(new Position("clicks", 1, 21));

        assertThat(commit().offsets()).isEqualTo(Map.of("clicks", Map.of(0, 10L, 1, 21L)));
    }

    @Test
    void ofSeveralPositionsOfAPartitionTheLargestCounts() {
        write(part(1, 1, null, 0, 0));
        write(new Position("clicks", 0, 10));
        write(new Position("clicks", 0, 42));
        write(new Position("clicks", 0, 6));

        assertThat(commit().offsets()).isEqualTo(Map.of("clicks", Map.of(0, 42L)));
    }

    @Test
    void positionsAreKeptOverARestore() {
        write(new Position("clicks", 0, 10));
        write(new Position("impressions", 3, 30));

        List<VersionPiece> state = assembler.snapshotState(1);
        VersionAssembler restored = new VersionAssembler(SPEC, state);
        restored.write(new Position("clicks", 0, 11), null);
        restored.write(part(2, 2, 1L, 0, 0), null);

        assertThat(restored.prepareCommit())
                .extracting(Manifest::offsets)
                .containsExactly(Map.of("clicks", Map.of(0, 11L), "impressions", Map.of(3, 30L)));
    }

    /** They belong to a checkpoint that failed, and so will be sent again. */
    @Test
    void partsAreNotKeptOverARestore() {
        write(part(1, 1, null, 0, 0));

        VersionAssembler restored = new VersionAssembler(SPEC, assembler.snapshotState(1));

        assertThat(restored.prepareCommit()).isEmpty();
    }

    @Test
    void partsOfTwoVersionsBeforeOneBarrierAreAMistake() {
        write(part(1, 1, null, 0, 0));
        write(part(2, 2, null, 0, 1));

        assertThatThrownBy(assembler::prepareCommit)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("versions 1 and 2");
    }

    private void write(VersionPiece piece) {
        assembler.write(piece, null);
    }

    private Manifest commit() {
        return assembler.prepareCommit().iterator().next();
    }

    private static Rows part(
            long version, long checkpoint, Long parent, long watermark, int shard) {
        return new Rows(
                version,
                checkpoint,
                parent,
                watermark,
                new PartInfo(path(version, shard), shard, 1, 1, 1));
    }

    private static String path(long version, int shard) {
        return VersionPaths.folder("test", version) + "/part-" + shard + ".rows";
    }
}
