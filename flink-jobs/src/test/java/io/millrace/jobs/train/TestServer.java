package io.millrace.jobs.train;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import java.util.List;

/** A trainer and its shards, taking turns on one thread. */
final class TestServer implements AutoCloseable {

    private final TestShards shards;
    private final TestTrainer trainer;

    TestServer(ModelSpec spec, ParameterServer.Settings settings, int parallelism)
            throws Exception {
        shards = new TestShards(spec, settings, parallelism, null, parallelism);
        trainer = new TestTrainer(spec, settings.trainer(), shards.assignment(), null);
    }

    void example(Example example) throws Exception {
        trainer.example(example);
        answerAll();
    }

    void watermark(long time) throws Exception {
        trainer.watermark(time);
        answerAll();
    }

    /** The end of input, with the partial batch. */
    void finish() throws Exception {
        watermark(Long.MAX_VALUE);
        trainer.mail(this::answer);
        trainer.finish();
        answerAll();
    }

    List<BatchOutcome> outcomes() {
        return trainer.outcomes();
    }

    List<BatchOutcome> learned() {
        return trainer.learned();
    }

    TestShards shards() {
        return shards;
    }

    private void answerAll() throws Exception {
        while (answer()) {
            trainer.runMails();
        }
    }

    /** Whether there was a request. */
    private boolean answer() throws Exception {
        boolean asked = false;
        for (Object sent : trainer.sent()) {
            if (sent instanceof ShardRequest request) {
                asked = true;
                shards.process(request).forEach(trainer::deliver);
            }
        }
        return asked;
    }

    @Override
    public void close() throws Exception {
        trainer.close();
        shards.close();
    }
}
