package io.millrace.jobs.cli;

import io.millrace.jobs.cli.stream.EventFile;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.movielens.MovieLens100K;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.model.loss.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** What a training run is fed with: a directory of MovieLens 100K, or a file of JSON lines. */
sealed interface TrainInput {

    /** Looks at what is there. */
    static TrainInput of(Path path, PipelineConfig config, BadLines badLines) {
        if (Files.isDirectory(path)) {
            if (!(config.model().objective() instanceof Objective.Rating)) {
                throw new UsageException(
                        "--input "
                                + path
                                + " is a directory, and so MovieLens 100K, but the pipeline "
                                + config.model().name()
                                + " learns from clicks; name a file of JSON lines");
            }
            return new MovieLens(new MovieLens100K(path));
        }
        if (Files.isReadable(path)) {
            return new Lines(path, badLines);
        }
        throw new UsageException(
                "--input " + path + ": there is no such file, nor a directory of MovieLens 100K");
    }

    /** Sends all of it to the pipeline's topics; returns how many events that were. */
    long send(PipelineConfig config) throws IOException;

    /** Ratings in order of time. */
    record MovieLens(MovieLens100K data) implements TrainInput {

        @Override
        public long send(PipelineConfig config) {
            try (EventProducer producer = producer(config)) {
                data.ratings()
                        .forEach(
                                rating ->
                                        producer.send(
                                                config.topics().ratings(),
                                                rating.getUser(),
                                                rating));
            }
            return data.size();
        }
    }

    /** Events in order of the file. */
    record Lines(Path file, BadLines badLines) implements TrainInput {

        @Override
        public long send(PipelineConfig config) throws IOException {
            try (EventProducer producer = producer(config)) {
                return new EventFile(file).send(producer, config.topics(), badLines).events();
            }
        }
    }

    private static EventProducer producer(PipelineConfig config) {
        return new EventProducer(
                Objects.requireNonNull(config.kafka().bootstrapServers()),
                config.events().format());
    }
}
