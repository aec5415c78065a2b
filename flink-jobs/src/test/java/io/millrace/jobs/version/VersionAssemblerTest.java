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
import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionAssemblerTest {

    private static final ModelSpec SPEC = TestModels.ratings();

    private static final long NOW = 1_700_000_000_000L;

    private final VersionAssembler assembler = new VersionAssembler(SPEC, 2);

    @Test
    void usageExample() throws Exception {
        assembler.take(part(107, 105L, 900, 0));
        assembler.take(new Position("ratings", 0, 41));
        assembler.take(new Metrics(40, Map.of("rmse", 0.5)));
        assembler.take(part(107, 105L, 800, 1));

        Manifest manifest = assembler.assemble(7, NOW).orElseThrow();

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
        assertThat(manifest.createdAt()).isEqualTo(NOW);
    }

    @Test
    void withoutPartsThereIsNoVersion() {
        assembler.take(new Position("ratings", 0, 41));
        assembler.take(new Metrics(40, Map.of()));

        assertThat(assembler.assemble(7, NOW)).isEmpty();
    }

    @Test
    void eachVersionHasThePartsOfItsOwnBarrier() {
        takeParts(1, null);
        assertThat(assemble(1).parts())
                .extracting(PartInfo::path)
                .containsExactly(path(1, 0), path(1, 1));
        takeParts(2, 1L);
        assertThat(assemble(2).parts())
                .extracting(PartInfo::path)
                .containsExactly(path(2, 0), path(2, 1));
        assertThat(assembler.assemble(3, NOW)).isEmpty();
    }

    @Test
    void theParentIsTheNewestVersionThatAnyShardKnows() {
        assembler.take(part(5, 4L, 0, 0));
        assembler.take(part(5, 3L, 0, 1));
        assertThat(assemble(5).parent()).isEqualTo(4);

        assembler.take(part(6, null, 0, 0));
        assembler.take(part(6, 5L, 0, 1));
        assertThat(assemble(6).parent()).isEqualTo(5);
    }

    @Test
    void withoutAnyParentItIsABase() {
        takeParts(5, null);

        assertThat(assemble(5).isBase()).isTrue();
    }

    @Test
    void aPartitionKeepsItsPositionWhileItIsSilent() {
        takeParts(1, null);
        assembler.take(new Position("clicks", 0, 10));
        assembler.take(new Position("clicks", 1, 20));
        assemble(1);
        takeParts(2, 1L);
        assembler.take(new Position("clicks", 1, 21));

        assertThat(assemble(2).offsets()).isEqualTo(Map.of("clicks", Map.of(0, 10L, 1, 21L)));
    }

    @Test
    void ofSeveralPositionsOfAPartitionTheLargestCounts() {
        takeParts(1, null);
        assembler.take(new Position("clicks", 0, 10));
        assembler.take(new Position("clicks", 0, 42));
        assembler.take(new Position("clicks", 0, 6));

        assertThat(assemble(1).offsets()).isEqualTo(Map.of("clicks", Map.of(0, 42L)));
        assertThat(assembler.positions()).containsExactly(new Position("clicks", 0, 42));
    }

    @Test
    void whatAnAbortedCheckpointLeftGivesWayToTheNext() {
        assembler.take(part(1, null, 0, 0));
        takeParts(2, null);

        assertThat(assemble(2).parts())
                .extracting(PartInfo::path)
                .containsExactly(path(2, 0), path(2, 1));
    }

    @Test
    void withoutThePartsOfAllShardsItIsAMistake() {
        assembler.take(part(1, null, 0, 0));

        assertThatThrownBy(() -> assembler.assemble(1, NOW))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("checkpoint 1 is no version");
    }

    @Test
    void partsOfTwoVersionsAreAMistake() {
        assembler.take(part(1, null, 0, 0));
        assembler.take(part(2, null, 0, 1));

        assertThatThrownBy(() -> assembler.assemble(2, NOW))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("checkpoint 2 is no version");
    }

    private void takeParts(long version, Long parent) {
        assembler.take(part(version, parent, 0, 0));
        assembler.take(part(version, parent, 0, 1));
    }

    private Manifest assemble(long checkpointId) {
        return assembler.assemble(checkpointId, NOW).orElseThrow();
    }

    private static Rows part(long version, Long parent, long watermark, int shard) {
        return new Rows(
                version,
                version,
                parent,
                watermark,
                new PartInfo(path(version, shard), shard, 1, 1, 1));
    }

    private static String path(long version, int shard) {
        return VersionPaths.folder("test", version) + "/part-" + shard + ".rows";
    }
}
