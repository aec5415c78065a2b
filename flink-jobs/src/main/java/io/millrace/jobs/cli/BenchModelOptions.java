package io.millrace.jobs.cli;

import io.millrace.jobs.cli.bench.BenchModel;
import java.util.List;
import picocli.CommandLine.Option;

/** Which models are measured. */
final class BenchModelOptions {

    @Option(
            names = "--models",
            paramLabel = "MODEL",
            split = ",",
            defaultValue = "mlp,dlrm,dcn-v2",
            description = "Which of ${COMPLETION-CANDIDATES} (default: all).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<BenchModel> models;

    List<BenchModel> models() {
        return models;
    }
}
