package io.millrace.jobs.cli.bench;

import io.millrace.jobs.TrainingJob;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.model.ModelSpec;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.VersionCatalog;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/**
 * Trains the light model, without Kafka, when all rows exist and the cache holds a share of them.
 */
public final class RowsBench {

    private static final int SLOTS = 3;
    private static final BenchModel MODEL = BenchModel.MLP;

    private final Workload workload;
    private final double cachedShare;
    private final MemorySize rocksdb;
    private final Path files;

    /**
     * @param cachedShare of the rows, which the row cache holds
     * @param rocksdb memory of RocksDB
     */
    public RowsBench(Workload workload, double cachedShare, MemorySize rocksdb, Path files) {
        this.workload = workload;
        this.cachedShare = cachedShare;
        this.rocksdb = rocksdb;
        this.files = files;
    }

    /**
     * @param settings by the bytes of the cache
     */
    public RowsRun run(LongFunction<BenchSettings> settings) throws Exception {
        ModelSpec model = MODEL.spec(Feed.RATINGS.objective());
        BenchSettings made =
                settings.apply(
                        ParameterTable.cacheBytes(
                                new ParameterLayout(model),
                                (long) (workload.rows() * cachedShare)));
        PipelineConfig config = BenchPipeline.config(model, made, files);
        Configuration cluster = JobGauges.reporting();
        cluster.set(RocksDBOptions.FIX_PER_TM_MEMORY_SIZE, rocksdb);
        try (EmbeddedFlink flink = EmbeddedFlink.start(files, 1, SLOTS, cluster)) {
            return new JobTraining(flink, made)
                    .run(
                            MODEL.label(),
                            env ->
                                    new TrainingJob(config, 0, null)
                                            .buildFrom(env, BenchPipeline.examples(env, workload)),
                            workload.fillers(),
                            (job, rate) -> result(config, flink, job, rate));
        }
    }

    private RowsRun result(
            PipelineConfig config, EmbeddedFlink flink, JobID job, TrainingRate rate) {
        double checkpointMillis = JobGauges.sum("lastCheckpointDuration");
        double checkpointBytes = JobGauges.sum("lastCheckpointFullSize");
        // Before the savepoint, which is a version, too.
        long changedRows = rowsOfNewest(config);
        double stateBytes = bytes(flink.stopWithSavepoint(job, files));
        return new RowsRun(
                workload.rows(),
                rate,
                checkpointMillis,
                changedRows,
                stateBytes / workload.rows(),
                checkpointBytes / workload.rows());
    }

    private static long bytes(String savepoint) {
        try (Stream<Path> all = Files.walk(Path.of(URI.create(savepoint)))) {
            return all.map(Path::toFile).filter(File::isFile).mapToLong(File::length).sum();
        } catch (IOException e) {
            throw new UncheckedIOException("the savepoint cannot be measured", e);
        }
    }

    private static long rowsOfNewest(PipelineConfig config) {
        VersionCatalog versions =
                new VersionCatalog(
                        new LocalVersionStorage(Path.of(config.versions().directory())),
                        config.model().name());
        try {
            Manifest newest = versions.manifest(versions.newest().orElseThrow());
            return newest.parts().stream().mapToLong(PartInfo::rows).sum();
        } catch (IOException e) {
            throw new UncheckedIOException("the newest version cannot be read", e);
        }
    }
}
