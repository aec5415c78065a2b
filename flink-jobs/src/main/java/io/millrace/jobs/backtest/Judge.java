package io.millrace.jobs.backtest;

import io.millrace.jobs.train.BatchOutcome;
import io.millrace.model.metric.MetricExamples;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Brings together what was to be predicted and what each pipeline predicted, and records it in the
 * outcome file. Parallelism 1.
 *
 * <p>Joined examples and the outcomes of each pipeline all come in the order of the joined stream,
 * only not at the same time; so the next example is complete as soon as each pipeline that has it
 * has an outcome waiting. What waits here is what lies between the join and the slowest pipeline,
 * whose back-pressure holds the join.
 */
final class Judge extends AbstractStreamOperator<Void>
        implements OneInputStreamOperator<JudgeEvent, Void> {

    private static final long serialVersionUID = 1L;
    private static final long FLUSH_MILLIS = 500;

    // -- configuration

    private final List<String> pipelines;
    private final MetricExamples learned;
    private final BacktestSettings settings;

    // -- runtime

    private transient @Nullable OutcomeWriter file;
    private transient Queue<JudgeEvent.Joined> waiting;
    private transient List<Predictions> predicted;
    private transient long unlabelled;
    private transient long events;

    /**
     * @param pipelines their names
     * @param learned how the pipelines' examples count when they are judged
     */
    Judge(List<String> pipelines, MetricExamples learned, BacktestSettings settings) {
        this.pipelines = pipelines;
        this.learned = learned;
        this.settings = settings;
    }

    @Override
    public void open() throws Exception {
        super.open();
        waiting = new ArrayDeque<>();
        predicted = new ArrayList<>();
        pipelines.forEach(name -> predicted.add(new Predictions(name)));
        file =
                new OutcomeWriter(
                        Path.of(settings.outcomes()),
                        pipelines.size(),
                        settings.syncs().size(),
                        settings.sliceFields().size());
        flushLater();
    }

    @Override
    public void processElement(StreamRecord<JudgeEvent> element) throws Exception {
        JudgeEvent event = element.getValue();
        if (event instanceof JudgeEvent.Joined joined) {
            waiting.add(joined);
            recordComplete();
        } else if (event instanceof JudgeEvent.Predicted outcome) {
            predicted.get(outcome.pipeline()).add(outcome.outcome());
            recordComplete();
        } else if (event instanceof JudgeEvent.Rejected rejected) {
            file().rejected(rejected.number(), rejected.event());
        } else if (event instanceof JudgeEvent.Unlabelled) {
            unlabelled++;
        } else if (event instanceof JudgeEvent.Profiles profiles) {
            file().profiles(profiles.count(), profiles.fingerprint());
        } else if (event instanceof JudgeEvent.Ended ended) {
            events = ended.events();
        }
    }

    @Override
    public void finish() throws Exception {
        if (!waiting.isEmpty() || predicted.stream().anyMatch(Predictions::isWaiting)) {
            throw new IllegalStateException(
                    "the end has come, but "
                            + waiting.size()
                            + " examples still wait for predictions");
        }
        file().end(events, unlabelled);
        file().flush();
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (file != null) {
            file.close();
        }
        super.close();
    }

    private void recordComplete() throws Exception {
        while (!waiting.isEmpty() && isComplete(waiting.peek())) {
            JudgeEvent.Joined example = waiting.remove();
            if (hasAPipeline(example)) {
                record(example);
            }
        }
    }

    private static boolean hasAPipeline(JudgeEvent.Joined example) {
        for (boolean present : example.present()) {
            if (present) {
                return true;
            }
        }
        return false;
    }

    private boolean isComplete(JudgeEvent.Joined example) {
        for (int pipeline = 0; pipeline < predicted.size(); pipeline++) {
            if (example.present()[pipeline] && !predicted.get(pipeline).isWaiting()) {
                return false;
            }
        }
        return true;
    }

    private void record(JudgeEvent.Joined example) throws Exception {
        int syncs = settings.syncs().size();
        float[] predictions = new float[predicted.size() * syncs];
        for (int pipeline = 0; pipeline < predicted.size(); pipeline++) {
            for (int sync = 0; sync < syncs; sync++) {
                predictions[pipeline * syncs + sync] =
                        example.present()[pipeline]
                                ? predicted.get(pipeline).of(example, sync)
                                : Float.NaN;
            }
            if (example.present()[pipeline]) {
                predicted.get(pipeline).next();
            }
        }
        float label = example.label();
        float weight = example.weight();
        file().row(example.of(label, (float) learned.weight(label, weight)), predictions);
        if (learned.takesBack(label)) {
            file().row(example.of(0, (float) -learned.weight(0, weight)), predictions);
        }
    }

    private void flushLater() {
        getProcessingTimeService()
                .registerTimer(
                        getProcessingTimeService().getCurrentProcessingTime() + FLUSH_MILLIS,
                        time -> {
                            file().flush();
                            flushLater();
                        });
    }

    private OutcomeWriter file() {
        if (file == null) {
            throw new IllegalStateException("not open");
        }
        return file;
    }

    /** What a pipeline has predicted and nobody has asked for yet, in order. */
    private static final class Predictions {

        private final String pipeline;
        private final Queue<BatchOutcome> batches = new ArrayDeque<>();
        private int at;

        Predictions(String pipeline) {
            this.pipeline = pipeline;
        }

        void add(BatchOutcome batch) {
            if (batch.labels().length > 0) {
                batches.add(batch);
            }
        }

        boolean isWaiting() {
            return !batches.isEmpty();
        }

        float of(JudgeEvent.Joined example, int sync) {
            BatchOutcome batch = batches.element();
            if (batch.labels()[at] != example.label()) {
                throw new IllegalStateException(
                        "pipeline "
                                + pipeline
                                + " learned from label "
                                + batch.labels()[at]
                                + " where the joined stream has "
                                + example.label()
                                + "; its examples are not in the order of the stream");
            }
            return batch.predictions()[sync][at];
        }

        void next() {
            at++;
            if (at == batches.element().labels().length) {
                batches.remove();
                at = 0;
            }
        }
    }
}
