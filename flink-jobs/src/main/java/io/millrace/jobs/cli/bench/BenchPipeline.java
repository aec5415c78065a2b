package io.millrace.jobs.cli.bench;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The pipeline of a benchmark's job: one trainer, one shard, and default settings otherwise. */
final class BenchPipeline {

    private BenchPipeline() {}

    /** The pipeline of a model, whose versions and checkpoints lie in {@code files}. */
    static PipelineConfig config(ModelSpec model, BenchSettings settings, Path files) {
        String text =
                String.format(
                        Locale.ROOT,
                        """
                        model: bench
                        objective: {type: rating, min: 0, max: 1}
                        features: {user: {type: categorical, dimension: 4}}
                        architecture: {type: dcn-v2}
                        optimizers:
                          embedding: {type: adagrad}
                          dense: {type: adagrad}
                        training:
                          micro-batch: %d
                          staleness: %d
                          torch-threads: %d
                          cache: %d
                        versions: {every: %dms}
                        """,
                        settings.batch(),
                        settings.staleness(),
                        settings.threads(),
                        settings.cacheBytes(),
                        settings.checkpointEvery().toMillis());
        return PipelineConfigReader.read(text, "the benchmark's pipeline")
                .withModel(model)
                .withVersionsDirectory(files.resolve("versions").toString())
                .withCheckpointsDirectory(files.resolve("checkpoints").toString());
    }

    /** The pipeline that serves a model, whose versions lie in {@code files}. */
    static PipelineConfig scoring(ModelSpec model, int threads, Path files) {
        BenchSettings training =
                new BenchSettings(
                        threads,
                        1,
                        1,
                        64L << 20,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ofSeconds(10));
        return config(model, training, files);
    }

    /** The workload's examples, as if they had been read. */
    static DataStream<Example> examples(StreamExecutionEnvironment env, Workload workload) {
        return env.fromSource(
                        new DataGeneratorSource<>(
                                workload::example, Long.MAX_VALUE, ExampleSerializer.TYPE),
                        WatermarkStrategy.noWatermarks(),
                        "examples")
                .uid("examples")
                .setParallelism(1);
    }
}
