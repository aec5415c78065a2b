package io.millrace.jobs.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.TestRatings;
import io.millrace.jobs.VersionRows;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.ModelVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A rating pipeline, its file on disk, and what may be said of the versions it has published. Its
 * model and its topic of ratings have the same name; versions come as often as by default.
 */
record RatingPipeline(Path file, PipelineConfig config, BrokerProcess broker) {

    private static final Duration LONGEST = Duration.ofSeconds(120);

    static RatingPipeline create(
            String name, Path directory, BrokerProcess broker, int parallelism, int partitions)
            throws Exception {
        Path home = Files.createDirectories(directory.resolve(name));
        Path file =
                Files.writeString(
                        home.resolve("pipeline.yaml"),
                        """
                        model: %s
                        seed: 1
                        objective: {type: rating, min: 1, max: 5}
                        features:
                          user: {type: categorical, dimension: 4}
                          item: {type: categorical, dimension: 4}
                        architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                        optimizers:
                          embedding: {type: adagrad, learning-rate: 0.1}
                          dense: {type: adagrad, learning-rate: 0.02}
                        topics: {ratings: %s, dead-letters: %s-dead-letters}
                        training: {micro-batch: 32, trainers: %d, shards: %d, cache: 4MiB}
                        versions: {directory: "%s", base-every: 5, retain: 1000}
                        checkpoints: {directory: "%s"}
                        """
                                .formatted(
                                        name,
                                        name,
                                        name,
                                        parallelism,
                                        parallelism,
                                        home.resolve("versions"),
                                        home.resolve("checkpoints")));
        broker.createTopic(name, partitions);
        return new RatingPipeline(file, PipelineConfigReader.read(file), broker);
    }

    String name() {
        return config.model().name();
    }

    Path versions() {
        return Path.of(config.versions().directory());
    }

    Path checkpoints() {
        return Path.of(config.checkpoints().directory());
    }

    long newestVersion() {
        return VersionRows.newestVersion(config);
    }

    /** Waits for a version that is newer than any there now. */
    void awaitNextVersion(FlinkProcesses cluster) throws Exception {
        long newest = newestVersion();
        Wait.until(
                "a version of " + name() + " after " + newest,
                LONGEST,
                () -> newestVersion() > newest,
                () -> broker.process().lastLines() + cluster.evidence());
    }

    /**
     * Waits until a version has all that was sent, and asserts that none of it is lost or repeated:
     * neither in that version nor in any other that was ever announced.
     *
     * @param positions by partition, all that is on the topic
     * @param ratings of {@link TestRatings}, all on partition 0
     */
    void assertAllCountedOnce(FlinkProcesses cluster, Map<Integer, Long> positions, int ratings)
            throws Exception {
        assertThat(Records.ends(broker, name())).isEqualTo(positions);
        Wait.until(
                "a version of " + name() + " up to " + positions,
                LONGEST,
                () -> positions.equals(newestOffsets()),
                () -> "it is at " + newestOffsets() + "\n" + cluster.evidence());
        Manifest last = VersionRows.newest(config);
        assertThat(last.examples()).isEqualTo(ratings);
        Wait.until(
                "the announcement of version " + last.version() + " of " + name(),
                LONGEST,
                () -> announced().contains(last.version()),
                cluster::evidence);
        assertThat(announced())
                .containsAll(
                        VersionRows.catalog(config).versions().stream()
                                .filter(version -> version <= last.version())
                                .toList());
        assertAnnouncementsAreTrue();
    }

    void assertAnnouncementsAreTrue() throws Exception {
        for (ModelVersion announcement : announcements()) {
            assertTrue(announcement);
        }
    }

    /** What it names is there, whole, and has learned exactly what lies before its offsets. */
    private void assertTrue(ModelVersion announcement) throws Exception {
        Manifest manifest = VersionRows.catalog(config).manifest(announcement.getVersion());
        assertThat(announcement.getManifest()).isEqualTo(manifest.path());
        assertThat(announcement.getCheckpointId()).isEqualTo(manifest.checkpointId());
        assertThat(announcement.getParent()).isEqualTo(manifest.parent());
        int examples = Math.toIntExact(manifest.examples());
        assertThat(manifest.offsets().getOrDefault(name(), Map.of()).getOrDefault(0, 0L))
                .isEqualTo(examples);
        assertThat(VersionRows.exampleCounts(config, manifest.version()))
                .isEqualTo(
                        examples == 0
                                ? Map.of()
                                : TestRatings.exampleCounts(
                                        examples, RatingFeed.SEED, config.model()));
    }

    private Set<Long> announced() throws Exception {
        Set<Long> versions = new TreeSet<>();
        announcements().forEach(announcement -> versions.add(announcement.getVersion()));
        return versions;
    }

    private List<ModelVersion> announcements() throws Exception {
        return Records.all(broker, config.topics().models(), ModelVersion.class).stream()
                .filter(announcement -> announcement.getModel().equals(name()))
                .toList();
    }

    private Map<Integer, Long> newestOffsets() {
        try {
            return newestVersion() == 0
                    ? Map.of()
                    : Objects.requireNonNullElse(
                            VersionRows.newest(config).offsets().get(name()), new TreeMap<>());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
