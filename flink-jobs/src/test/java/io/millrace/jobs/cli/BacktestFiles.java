package io.millrace.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Pipeline files and ratings to backtest. */
record BacktestFiles(Path directory) {

    private static final long START = 1_700_000_000_000L;
    private static final long HOUR = 3_600_000;
    private static final int SPIKES_FROM = 400;

    /** Writes {@code NAME.yaml}, of ratings. */
    Path pipeline(String name, String... replacements) throws IOException {
        String text =
                """
                model: %s
                objective: {type: rating, min: 1, max: 5}
                features:
                  user: {type: categorical, dimension: 4}
                  item: {type: categorical, dimension: 4}
                architecture: {type: dcn-v2, structure: parallel, cross-layers: 1, hidden: [4]}
                optimizers:
                  embedding: {type: adagrad, learning-rate: 0.2}
                  dense: {type: adagrad, learning-rate: 0.02}
                training: {micro-batch: 8}
                topics: {partitions: 1}
                versions: {directory: "%s"}
                checkpoints: {directory: "%s"}
                """
                        .formatted(
                                name, directory.resolve("published"), directory.resolve("marks"));
        for (int i = 0; i < replacements.length; i += 2) {
            if (!text.contains(replacements[i])) {
                throw new IllegalArgumentException(replacements[i]);
            }
            text = text.replace(replacements[i], replacements[i + 1]);
        }
        return Files.writeString(directory.resolve(name + ".yaml"), text);
    }

    /**
     * Writes ratings of two kinds of users and items, 5 stars within a kind and 1 between, a bad
     * line among them; one an hour. The number {@code spike} is 0, and after a while a million.
     */
    Path ratings(int count) throws IOException {
        return ratings(count, SPIKES_FROM);
    }

    /** The same with the million from this rating on. */
    Path ratings(int count, int spikesFrom) throws IOException {
        Random random = new Random(5);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int user = random.nextInt(20);
            int item = random.nextInt(20);
            lines.append(
                    """
                    {"type":"rating","user":"u%d","item":"i%d","rating":%d,"timestamp":%d,"features":{"age":"%d","spike":%d}}
                    """
                            .formatted(
                                    user,
                                    item,
                                    (user + item) % 2 == 0 ? 5 : 1,
                                    START + i * HOUR,
                                    user % 3,
                                    i < spikesFrom ? 0 : 1_000_000));
            if (i == 6) {
                lines.append("{\"type\":\"rating\",\"user\":\n");
            }
        }
        return Files.writeString(directory.resolve("ratings.jsonl"), lines.toString());
    }
}
