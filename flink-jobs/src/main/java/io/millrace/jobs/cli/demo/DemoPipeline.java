package io.millrace.jobs.cli.demo;

import io.millrace.jobs.config.PipelineConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A pipeline as the demo runs it: among its own topics and directories, and eager to report. */
final class DemoPipeline {

    private static final int LEAST_REPORT = 250;

    private DemoPipeline() {}

    /**
     * @param files where versions and checkpoints are kept
     * @param rate examples a second that are expected; there is about one report a second
     * @param topicPrefix of all topics, so that the demo meets no one else's events
     */
    static PipelineConfig of(PipelineConfig config, Path files, double rate, String topicPrefix) {
        PipelineConfig.Versions versions = config.versions();
        return new PipelineConfig(
                config.model(),
                config.kafka(),
                prefixed(config.topics(), topicPrefix),
                config.events(),
                config.labels(),
                config.training(),
                new PipelineConfig.Versions(
                        files.resolve("versions").toString(),
                        versions.every(),
                        versions.baseEvery(),
                        versions.retain()),
                new PipelineConfig.Checkpoints(files.resolve("checkpoints").toString()),
                new PipelineConfig.Metrics((int) Math.max(LEAST_REPORT, rate)),
                config.scoring());
    }

    private static PipelineConfig.Topics prefixed(PipelineConfig.Topics topics, String prefix) {
        return new PipelineConfig.Topics(
                prefix + topics.impressions(),
                prefix + topics.clicks(),
                prefix + topics.ratings(),
                prefix + topics.scoreRequests(),
                prefix + topics.scores(),
                prefix + topics.models(),
                prefix + topics.metrics(),
                prefix + topics.deadLetters(),
                prefix + topics.features(),
                prefixed(prefix, topics.profiles()),
                topics.partitions());
    }

    private static Map<String, String> prefixed(String prefix, Map<String, String> topics) {
        Map<String, String> prefixed = new HashMap<>();
        topics.forEach((name, topic) -> prefixed.put(name, prefix + topic));
        return prefixed;
    }
}
