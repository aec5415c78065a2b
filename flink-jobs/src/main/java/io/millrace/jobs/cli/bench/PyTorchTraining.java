package io.millrace.jobs.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Training in Python, in a process of its own. */
public final class PyTorchTraining {

    private final String python;
    private final Path script;

    /**
     * @param python the interpreter
     * @param script benchmarks/pytorch/train.py
     */
    public PyTorchTraining(String python, Path script) {
        this.python = python;
        this.script = script;
    }

    /** Whether the interpreter is there and knows PyTorch. */
    public boolean isInstalled() throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(python, "-c", "import torch")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    TrainingRate run(BenchModel model, Workload workload, BenchSettings settings)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        python,
                                        script.toString(),
                                        "--model=" + model.label(),
                                        "--threads=" + settings.threads(),
                                        "--batch=" + settings.batch(),
                                        "--values=" + workload.rows(),
                                        "--skew=" + workload.skew(),
                                        "--warm-up=" + settings.warmUp().toMillis() / 1e3,
                                        "--window=" + settings.window().toMillis() / 1e3))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(
                    python + " " + script + " failed; what it says stands above");
        }
        JsonNode json = new JsonMapper().readTree(answer);
        return TrainingRate.of(
                json.get("rate").doubleValue(), json.get("cpu_seconds_per_million").doubleValue());
    }
}
