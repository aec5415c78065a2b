package io.millrace.jobs;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.listing.ListedFiles;
import io.millrace.jobs.listing.ListingGraph;
import java.nio.file.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Lists what training makes of a file of events: the operators from the sources of {@link
 * TrainingJob} to its trainers, with lines of text for examples.
 */
public final class LabelJob {

    private final PipelineConfig config;
    private final Path input;
    private final ListedFiles output;

    /**
     * @param input a file of events as JSON lines, in the order of their arrival
     * @param output written by the job, which runs on this machine
     */
    public LabelJob(PipelineConfig config, Path input, ListedFiles output) {
        this.config = config;
        this.input = input;
        this.output = output;
    }

    /** Adds the job to an environment. */
    public void build(StreamExecutionEnvironment env) {
        JobSettings.configureBacktest(env, config, 1);
        ListingGraph.of(env, config, input).writeTo(output);
    }
}
