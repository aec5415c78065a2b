package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.bench.RowsBench;
import io.millrace.jobs.cli.bench.RowsRun;
import io.millrace.jobs.cli.process.Workspace;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace bench rows}. */
@Command(
        name = "rows",
        description =
                "Trains with more and more rows in state and a cache for a share of them, and says"
                        + " what that does to rate, checkpoints and size.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace bench rows --values 1000000,10000000 --json result.json")
final class BenchRowsCommand implements Callable<Integer> {

    @Mixin private final OutputOptions output = new OutputOptions();

    @Mixin private final BenchOptions options = new BenchOptions();

    @Option(
            names = "--values",
            paramLabel = "N",
            split = ",",
            defaultValue = "1000000,10000000,30000000",
            description =
                    "Distinct values of all features together; all have rows before the measurement"
                            + " begins (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<Long> values;

    @Option(
            names = "--cached",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description = "Share of the rows that the cache holds (default: ${DEFAULT-VALUE}).")
    private double cached;

    @Option(
            names = "--rocksdb",
            paramLabel = "SIZE",
            defaultValue = "256mb",
            description = "Memory of RocksDB (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private MemorySize rocksdb;

    @Override
    public Integer call() throws Exception {
        output.checkJson();
        if (!(cached > 0 && cached <= 2)) {
            throw new UsageException("--cached must be above 0, and at most 2");
        }
        ObjectNode json = output.mapper().createObjectNode();
        ArrayNode runs = json.putArray("runs");
        output.say(
                "%12s %12s %8s %8s %14s %14s %10s %15s",
                "rows",
                "examples/s",
                "hits",
                "paused",
                "checkpoint ms",
                "changed rows",
                "state/row",
                "checkpoint/row");
        for (long rows : values) {
            try (Workspace files = Workspace.temporary()) {
                RowsRun run =
                        new RowsBench(options.workload(rows, true), cached, rocksdb, files.path())
                                .run(options::settings);
                output.say(
                        "%,12d %,12.0f %7.1f%% %7.1f%% %,14.0f %,14d %8.0f B %13.0f B",
                        run.rows(),
                        run.rate().examplesPerSecond(),
                        100 * run.rate().cacheHitRate(),
                        100 * run.rate().pausedShare(),
                        run.checkpointMillis(),
                        run.changedRows(),
                        run.stateOfRow(),
                        run.checkpointOfRow());
                runs.add(json(run));
            }
        }
        output.writeJson(json);
        return ExitCode.OK;
    }

    private ObjectNode json(RowsRun run) {
        return output.mapper()
                .createObjectNode()
                .put("rows", run.rows())
                .put("rate", Math.round(run.rate().examplesPerSecond()))
                .put(
                        "cpu_seconds_per_million",
                        BenchOptions.rounded(run.rate().cpuSecondsPerMillion()))
                .put("checkpoint_pause_share", BenchOptions.rounded(run.rate().pausedShare()))
                .put("cache_hit_rate", BenchOptions.rounded(run.rate().cacheHitRate()))
                .put("checkpoint_ms", Math.round(run.checkpointMillis()))
                .put("changed_rows", run.changedRows())
                .put("state_bytes_per_row", BenchOptions.rounded(run.stateOfRow()))
                .put("bytes_per_row", BenchOptions.rounded(run.checkpointOfRow()));
    }
}
