package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.jobs.backtest.BacktestPipeline;
import io.millrace.jobs.backtest.BacktestSettings;
import io.millrace.jobs.backtest.OutcomeFile;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.movielens.MovieLens100K;
import io.millrace.jobs.train.Sync;
import io.millrace.model.ModelSpec;
import io.millrace.model.evaluate.Outcomes;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.schemas.Rating;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a backtest predicts is what the models' formulas say, rating by rating: those of a bias-only
 * model and of a biased matrix factorisation (Koren, Bell and Volinsky, Matrix Factorization
 * Techniques for Recommender Systems, 2009, equations 3 to 5, without their penalty), restated here
 * as plain loops. All but the vectors' initial weights, which are the parameter server's.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BacktestFormulasITCase {

    private static final Path DATA =
            Path.of(System.getProperty("millrace.ml-100k", "../../shared/data/ml-100k"));
    private static final int RATINGS = 20_000;
    private static final int DIMENSION = 10;
    private static final double MIDPOINT = 3;
    private static final float RATE = 0.025f;
    private static final float BIAS_RATE = 0.005f;

    @TempDir private Path directory;

    @Test
    void simulatedRatings() throws Exception {
        assertFormulas(TestRatings.list(5_000, 3));
    }

    @Test
    void ratingsOfMovieLens() throws Exception {
        assumeThat(Files.exists(DATA.resolve("u.data")))
                .as("MovieLens 100K is not at %s; -Dmillrace.ml-100k=DIR says where it is", DATA)
                .isTrue();
        assertFormulas(new MovieLens100K(DATA).ratings().limit(RATINGS).toList());
    }

    private void assertFormulas(List<Rating> ratings) throws Exception {
        BacktestPipeline biasOnly = pipeline("bias-only", "logistic-regression");
        BacktestPipeline factors = pipeline("matrix-factorization", "fm");

        Outcomes outcomes = backtest(List.of(biasOnly, factors), ratings);

        assertThat(outcomes.size()).isEqualTo(ratings.size());
        assertEach(outcomes.predictions()[0], new BiasOnly().predictions(ratings));
        assertEach(
                outcomes.predictions()[1],
                new Factorization(factors.config().model()).predictions(ratings));
    }

    private static void assertEach(float[] predictions, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) predictions[i])
                    .as("rating %d", i)
                    .isCloseTo(expected[i], within(1e-6));
        }
    }

    private Outcomes backtest(List<BacktestPipeline> pipelines, List<Rating> ratings)
            throws Exception {
        Path file = directory.resolve("outcomes");
        BacktestSettings settings =
                new BacktestSettings(
                        List.of(new Sync.AtOnce()), List.of("0"), List.of(), 1, file.toString());
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 4)) {
            StreamExecutionEnvironment env = flink.environment();
            new BacktestJob(pipelines, TestHistories.of(ratings), settings).build(env);
            env.execute("formulas");
        }
        return OutcomeFile.read(file, pipelines, settings).outcomes();
    }

    private BacktestPipeline pipeline(String name, String architecture) {
        PipelineConfig config =
                PipelineConfigReader.read(
                        """
                        model: %s
                        objective: {type: rating, min: 1, max: 5}
                        features:
                          user: {type: categorical, dimension: %d}
                          item: {type: categorical, dimension: %d}
                        architecture: {type: %s}
                        optimizers:
                          embedding: {type: sgd, learning-rate: %s}
                          dense: {type: sgd, learning-rate: %s}
                        training: {micro-batch: 1}
                        versions: {directory: "%s"}
                        checkpoints: {directory: "%s"}
                        """
                                .formatted(
                                        name,
                                        DIMENSION,
                                        DIMENSION,
                                        architecture,
                                        RATE,
                                        BIAS_RATE,
                                        directory.resolve("versions"),
                                        directory.resolve("checkpoints")),
                        name + ".yaml");
        return new BacktestPipeline(name, config, null);
    }

    /** r = m + b + b_u + b_i, each b less its rate times the error. */
    private static class BiasOnly {

        private float bias;
        private final Map<String, Float> ofUser = new HashMap<>();
        private final Map<String, Float> ofItem = new HashMap<>();

        double[] predictions(List<Rating> ratings) {
            return ratings.stream().mapToDouble(this::learn).toArray();
        }

        private double learn(Rating rating) {
            double logit =
                    bias
                            + ofUser.getOrDefault(rating.getUser(), 0f)
                            + ofItem.getOrDefault(rating.getItem(), 0f)
                            + more(rating);
            float error = (float) (MIDPOINT + logit - rating.getRating());
            bias -= BIAS_RATE * error;
            ofUser.merge(rating.getUser(), -RATE * error, Float::sum);
            ofItem.merge(rating.getItem(), -RATE * error, Float::sum);
            learnMore(rating, error);
            return Math.max(1, Math.min(5, MIDPOINT + logit));
        }

        double more(Rating rating) {
            return 0;
        }

        void learnMore(Rating rating, float error) {}
    }

    /** The same and p_u q_i, each vector less its rate times the error times the other vector. */
    private static final class Factorization extends BiasOnly {

        private final FeatureExtractor extractor;
        private final ParameterTable initial;
        private final Map<String, float[]> users = new HashMap<>();
        private final Map<String, float[]> items = new HashMap<>();

        Factorization(ModelSpec spec) {
            extractor = new FeatureExtractor(spec);
            initial = new ParameterTable(new ParameterLayout(spec), new MemoryRowStore(), 1 << 20);
        }

        @Override
        double more(Rating rating) {
            float[] p = user(rating);
            float[] q = item(rating);
            return IntStream.range(0, DIMENSION).mapToDouble(k -> (double) p[k] * q[k]).sum();
        }

        @Override
        void learnMore(Rating rating, float error) {
            float[] p = user(rating);
            float[] q = item(rating);
            for (int k = 0; k < DIMENSION; k++) {
                float ofUser = error * q[k];
                float ofItem = error * p[k];
                p[k] -= RATE * ofUser;
                q[k] -= RATE * ofItem;
            }
        }

        private float[] user(Rating rating) {
            return users.computeIfAbsent(rating.getUser(), user -> initial(rating, 0));
        }

        private float[] item(Rating rating) {
            return items.computeIfAbsent(rating.getItem(), item -> initial(rating, 1));
        }

        private float[] initial(Rating rating, int feature) {
            try {
                long[] keys =
                        extractor
                                .extract(
                                        rating.getUser(),
                                        rating.getItem(),
                                        rating.getFeatures(),
                                        Map.of(),
                                        rating.getTimestamp())
                                .keys();
                float[] weights = new float[DIMENSION + 1];
                var unused = initial.pull(keys, feature, feature + 1, weights, 0);
                return weights;
            } catch (InvalidEventException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
