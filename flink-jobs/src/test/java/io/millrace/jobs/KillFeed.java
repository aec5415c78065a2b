package io.millrace.jobs;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.model.ModelSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;

/** What a job that is killed reads, to its end. */
interface KillFeed {

    void send(TestKafka kafka);

    /** A pipeline over it that keeps versions and checkpoints in {@code directory}. */
    PipelineConfig pipeline(TestKafka kafka, Path directory, int trainers, int shards);

    /** Topic to partition to its end. */
    Map<String, Map<Integer, Long>> ends();

    /** How many examples it makes. */
    long examples();

    /** Row key to the number of examples that concern the row. */
    SortedMap<Long, Long> exampleCounts(ModelSpec spec) throws Exception;

    /** Each of them an example, in the order of the topic. */
    record Ratings(int count, long seed) implements KillFeed {

        @Override
        public void send(TestKafka kafka) {
            TestRatings.send(kafka, count, seed);
        }

        @Override
        public PipelineConfig pipeline(TestKafka kafka, Path directory, int trainers, int shards) {
            return TestPipelines.ratings(kafka, directory, trainers, shards);
        }

        @Override
        public Map<String, Map<Integer, Long>> ends() {
            return Map.of("ratings", Map.of(0, (long) count));
        }

        @Override
        public long examples() {
            return count;
        }

        @Override
        public SortedMap<Long, Long> exampleCounts(ModelSpec spec) throws Exception {
            return TestRatings.exampleCounts(count, seed, spec);
        }
    }

    /** Two topics that the label join makes examples of, in no fixed order. */
    record Clicks(TestClicks events) implements KillFeed {

        @Override
        public void send(TestKafka kafka) {
            events.send(kafka);
        }

        @Override
        public PipelineConfig pipeline(TestKafka kafka, Path directory, int trainers, int shards) {
            return TestPipelines.clicks(kafka, directory, trainers, shards);
        }

        @Override
        public Map<String, Map<Integer, Long>> ends() {
            return events.ends();
        }

        @Override
        public long examples() {
            return events.examples();
        }

        @Override
        public SortedMap<Long, Long> exampleCounts(ModelSpec spec) throws Exception {
            return events.exampleCounts(spec);
        }
    }
}
