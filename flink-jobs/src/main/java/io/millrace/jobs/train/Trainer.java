package io.millrace.jobs.train;

import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.learn.MicroBatchBuilder;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.parameter.ParameterLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The operator that turns examples into gradients. It owns no parameter: it pulls rows from the
 * shards, runs one micro-batch forward and backward, and pushes the gradients back.
 *
 * <p>The life of a micro-batch:
 *
 * <ol>
 *   <li>examples gather until the batch is full or, unless reproducible, has waited long enough or
 *       a barrier is due;
 *   <li>one pull to each shard that owns some of its keys;
 *   <li>replies arrive as mails from the {@link ReplyReceiver}; after the last one, and when no
 *       example for one more pull is at hand,
 *   <li>forward, prediction, backward; then one push to each of these shards.
 * </ol>
 *
 * <p>At most {@code staleness} batches are in flight; beyond that the trainer yields to its
 * mailbox, which is how back-pressure reaches the source. Before a barrier it drains: what it
 * pulled was answered, what it pushed precedes the barrier. So the shards' state at the checkpoint
 * holds every gradient of every example that was sent before the cut, and none after it.
 *
 * <p>Examples of a partial batch at the barrier are sent first. Reproducible trainers keep them
 * instead, as their only state: then batches are cut by count alone, wherever checkpoints and
 * failures fall, and a version lacks the fewer than {@code microBatch} examples that wait at its
 * cut, although its offsets count them. Either kind restores the state of the other.
 *
 * <p>Where a {@link Sync} lags, the shards freeze their weights when the watermark has passed into
 * another of its epochs. The trainer drains before, so that they hold what it sent until then; but
 * it cuts no batch for it, and so learns the same whatever syncs there are (with a staleness of 1:
 * else a batch may see one more update than without). A pull then brings frozen weights, too, and
 * each example is predicted with those that served at its own event time.
 */
final class Trainer extends AbstractStreamOperator<ShardRequest>
        implements OneInputStreamOperator<Example, ShardRequest> {

    /** With the predictions that come with learning, and no others. */
    static final OutputTag<BatchOutcome> LEARNED =
            new OutputTag<>("learned", BatchOutcomeSerializer.TYPE);

    /** With a prediction for each sync. */
    static final OutputTag<BatchOutcome> OUTCOMES =
            new OutputTag<>("outcomes", BatchOutcomeSerializer.TYPE);

    private static final long serialVersionUID = 1L;

    /** Those that a histogram is of. */
    private static final int MEASURED_BATCHES = 1000;

    // -- configuration

    private final String pipeline;
    private final ModelSpec spec;
    private final TrainerSettings settings;
    private final ShardAssignment assignment;
    private final transient MailboxExecutor mailbox;

    // -- runtime

    private transient TrainerId id;
    private transient MicroBatchBuilder batchBuilder;
    private transient boolean rowsExpire;
    private transient Learner learner;
    private transient TaskAddress address;
    private transient TaskAddress[] shards;
    private transient ReplyExchange.@Nullable Endpoint endpoint;
    private transient ListState<Example> kept;
    private transient List<Example> gathering;
    private transient long gatheringSince;
    private transient long gatheringEarliest;
    private transient @Nullable ScheduledFuture<?> timer;
    private transient Deque<InFlight> inFlight;
    private transient List<ServingEpochs> epochs;
    private transient long labelWait;
    private transient long[] keyOfShard;
    private transient long batches;
    private transient long trained;
    private transient long arrived;
    private transient long arrivedBefore;
    private transient boolean learningIsDue;
    private transient boolean firstAfterBarrier;
    private transient long pauseNanos;
    private transient Histogram pullMicros;
    private transient Histogram learnMicros;

    Trainer(
            StreamOperatorParameters<ShardRequest> parameters,
            MailboxExecutor mailbox,
            String pipeline,
            ModelSpec spec,
            TrainerSettings settings,
            ShardAssignment assignment) {
        super(parameters);
        this.mailbox = mailbox;
        this.pipeline = pipeline;
        this.spec = spec;
        this.settings = settings;
        this.assignment = assignment;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        kept =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "partial-batch", new ExampleSerializer()));
        gathering = new ArrayList<>(settings.microBatch());
        kept.get().forEach(gathering::add);
        gatheringEarliest = Long.MAX_VALUE;
        epochs = settings.sync().lagging().stream().map(ServingEpochs::new).toList();
        if (context.isRestored() && !epochs.isEmpty()) {
            throw new IllegalStateException(
                    "training of model "
                            + spec.name()
                            + " with predictions by weights that lag behind cannot be restored: a"
                            + " checkpoint does not hold these weights. Start it anew, or let it"
                            + " predict with the newest weights only");
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        LogContext.enter(getRuntimeContext());
        id =
                new TrainerId(
                        getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
                        ThreadLocalRandom.current().nextLong());
        ParameterLayout layout = new ParameterLayout(spec);
        rowsExpire = layout.expires();
        batchBuilder = new MicroBatchBuilder(layout, assignment.shards(), assignment::shardOf);
        TorchEngine.start(settings.torchThreads());
        learner =
                new Learner(spec, TrainerDevice.choose(getRuntimeContext()), settings.weighting());
        inFlight = new ArrayDeque<>();
        labelWait = settings.sync().labelWait().toMillis();
        keyOfShard = epochs.isEmpty() ? new long[0] : assignment.keyOfEachShard();
        Environment environment = getContainingTask().getEnvironment();
        address = TaskAddress.in(environment, pipeline, id.subtask());
        shards = new TaskAddress[assignment.shards()];
        Arrays.setAll(shards, shard -> TaskAddress.in(environment, pipeline, shard));
        endpoint = new ReplyExchange.Endpoint(id, mailbox, this::onReply);
        ReplyExchange.register(address, endpoint);
        if (!gathering.isEmpty()) {
            startWaiting();
        }
        register(getMetricGroup());
    }

    private void register(MetricGroup metrics) {
        metrics.gauge(MetricNames.TRAINED_EXAMPLES, () -> trained);
        metrics.gauge(
                MetricNames.CHECKPOINT_PAUSE, () -> TimeUnit.NANOSECONDS.toMillis(pauseNanos));
        metrics.gauge(MetricNames.BATCHES_IN_FLIGHT, () -> inFlight.size());
        pullMicros = metrics.histogram(MetricNames.PULL_ROUND_TRIP, lastBatches());
        learnMicros = metrics.histogram(MetricNames.LEARN, lastBatches());
    }

    private static Histogram lastBatches() {
        return new DescriptiveStatisticsHistogram(MEASURED_BATCHES);
    }

    @Override
    public void processElement(StreamRecord<Example> element) throws Exception {
        gathering.add(element.getValue());
        gatheringEarliest = Math.min(gatheringEarliest, element.getValue().eventTime());
        arrived++;
        if (gathering.size() >= settings.microBatch()) {
            send();
        } else if (gathering.size() == 1) {
            startWaiting();
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        // The end of input is no time at which anything was served.
        if (!epochs.isEmpty() && mark.getTimestamp() != Long.MAX_VALUE) {
            reach(mark.getTimestamp() + 1);
        }
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        if (!settings.reproducible()) {
            sendPartial();
        }
        drain();
        firstAfterBarrier = true;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        kept.update(gathering);
    }

    @Override
    public void finish() throws Exception {
        sendPartial();
        drain();
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (address != null) {
            ReplyExchange.unregister(address, endpoint);
        }
        if (learner != null) {
            learner.close();
        }
        super.close();
    }

    private void startWaiting() {
        gatheringSince = getProcessingTimeService().getCurrentProcessingTime();
        if (timer == null && !settings.reproducible()) {
            setTimer();
        }
    }

    /** One timer at a time: when it finds a younger batch than it was set for, it is set anew. */
    private void sendWhenDue(long time) throws Exception {
        timer = null;
        if (gathering.isEmpty()) {
            return;
        }
        if (time - gatheringSince >= settings.maxWait().toMillis()) {
            send();
        } else {
            setTimer();
        }
    }

    private void setTimer() {
        timer =
                getProcessingTimeService()
                        .registerTimer(
                                gatheringSince + settings.maxWait().toMillis(), this::sendWhenDue);
    }

    private void sendPartial() throws Exception {
        if (!gathering.isEmpty()) {
            send();
        }
    }

    private void drain() throws Exception {
        while (!inFlight.isEmpty()) {
            mailbox.yield();
        }
    }

    /** All examples before this time have come, save those that wait for their label. */
    private void reach(long time) throws Exception {
        if (epochs.stream().anyMatch(serving -> serving.isPassedInto(time))) {
            drain();
        }
        long needed = Math.min(gatheringEarliest, time - labelWait);
        for (int series = 0; series < epochs.size(); series++) {
            ServingEpochs serving = epochs.get(series);
            boolean passed = serving.passInto(time);
            boolean forgot = serving.forgetBefore(needed);
            if (passed || forgot) {
                FrozenId newest = new FrozenId(series, serving.newest());
                for (long key : keyOfShard) {
                    long[] keys = {key};
                    emit(new ShardRequest.Freeze(id, batches, keys, newest, serving.oldest()));
                }
            }
        }
    }

    private void send() throws Exception {
        List<Example> examples = gathering;
        gathering = new ArrayList<>(settings.microBatch());
        gatheringEarliest = Long.MAX_VALUE;
        while (inFlight.size() >= settings.staleness()) {
            mailbox.yield();
        }
        MicroBatch batch = batchBuilder.build(examples);
        FrozenChoice choice = FrozenChoice.of(examples, epochs);
        InFlight flight = new InFlight(batches++, batch, choice, firstAfterBarrier);
        firstAfterBarrier = false;
        inFlight.add(flight);
        for (int shard = 0; shard < assignment.shards(); shard++) {
            if (batch.keysFrom(shard) < batch.keysTo(shard)) {
                flight.awaited++;
                emit(
                        shard,
                        new ShardRequest.Pull(
                                id,
                                flight.number,
                                keys(batch, shard),
                                choice.wanted(),
                                rowsExpire ? batch.maxEventTime() : ShardRequest.Pull.NO_TIME));
            }
        }
    }

    private void onReply(ShardReply reply) throws Exception {
        InFlight flight = find(reply.batch());
        flight.accept(reply);
        if (flight.awaited == 0) {
            measure(flight);
        }
        if (!learningIsDue && headIsReady()) {
            learningIsDue = true;
            learnUnlessExamplesCome();
        }
    }

    private void measure(InFlight answered) {
        long nanos = System.nanoTime() - answered.sentAt;
        pullMicros.update(TimeUnit.NANOSECONDS.toMicros(nanos));
        if (answered.afterBarrier) {
            pauseNanos += nanos;
        }
    }

    /** Batches are learned in the order in which they were sent, whatever order replies take. */
    private boolean headIsReady() {
        return !inFlight.isEmpty() && inFlight.peek().awaited == 0;
    }

    /**
     * Learns the oldest batch; but while there is room for one more pull, and examples for it keep
     * coming, those first: then the shards work while this thread learns. Mails go before examples,
     * so it comes back by mail to see whether one came.
     */
    private void learnUnlessExamplesCome() throws Exception {
        if (inFlight.size() < settings.staleness() && arrived != arrivedBefore) {
            arrivedBefore = arrived;
            mailbox.execute(this::learnUnlessExamplesCome, "learn");
            return;
        }
        learningIsDue = false;
        learn(inFlight.peek());
        inFlight.remove();
        if (headIsReady()) {
            learningIsDue = true;
            mailbox.execute(this::learnUnlessExamplesCome, "learn");
        }
    }

    private InFlight find(long batch) {
        for (InFlight flight : inFlight) {
            if (flight.number == batch) {
                return flight;
            }
        }
        throw new IllegalStateException(
                "a shard answered micro-batch " + batch + ", which trainer " + id + " never sent");
    }

    private void learn(InFlight flight) {
        MicroBatch batch = flight.batch.resolve(flight.standings[0], flight.weights);
        float[] gradients = new float[flight.weights.length];
        long before = System.nanoTime();
        float[] predictions = learner.learn(batch, flight.weights, flight.examples, gradients);
        learnMicros.update(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - before));
        batch.writeMoments(gradients);
        for (int shard = 0; shard < assignment.shards(); shard++) {
            int from = batch.keysFrom(shard);
            int to = batch.keysTo(shard);
            if (from < to) {
                emit(
                        shard,
                        new ShardRequest.Push(
                                id,
                                flight.number,
                                keys(batch, shard),
                                Arrays.copyOfRange(batch.examplesByKey(), from, to),
                                part(gradients, batch.weightsAt()[from], batch.weightsAt()[to]),
                                batch.maxEventTime()));
            }
        }
        trained += batch.size();
        output.collect(LEARNED, outcome(batch, new float[][] {predictions}));
        output.collect(OUTCOMES, outcome(batch, bySync(flight, predictions)));
    }

    /** [syncs][B] predictions. */
    private float[][] bySync(InFlight flight, float[] learned) {
        float[][] frozen = new float[flight.frozen.length][];
        for (int i = 0; i < frozen.length; i++) {
            float[] weights = flight.frozen[i];
            MicroBatch batch = flight.batch.resolve(flight.standings[1 + i], weights);
            frozen[i] = learner.predict(batch, weights);
        }
        List<Sync> syncs = settings.sync().syncs();
        float[][] predictions = new float[syncs.size()][];
        int series = 0;
        for (int i = 0; i < predictions.length; i++) {
            predictions[i] =
                    syncs.get(i) instanceof Sync.Lagging
                            ? flight.choice.pick(series++, frozen)
                            : learned;
        }
        return predictions;
    }

    private static StreamRecord<BatchOutcome> outcome(MicroBatch batch, float[][] predictions) {
        return new StreamRecord<>(
                new BatchOutcome(
                        batch.labels(), predictions, batch.importances(), batch.maxEventTime()));
    }

    /** With one shard, its part is the whole and need not be copied. */
    private static float[] part(float[] values, int from, int to) {
        return from == 0 && to == values.length ? values : Arrays.copyOfRange(values, from, to);
    }

    private static long[] keys(MicroBatch batch, int shard) {
        return Arrays.copyOfRange(batch.keys(), batch.keysFrom(shard), batch.keysTo(shard));
    }

    private void emit(int shard, ShardRequest request) {
        emit(RequestExchange.leave(shards[shard], request));
    }

    private void emit(ShardRequest request) {
        output.collect(new StreamRecord<>(request));
    }

    /** A micro-batch whose weights are still arriving. */
    private static final class InFlight {
        private static final float[] NONE = new float[0];
        private static final long[] NO_EXAMPLES = new long[0];
        private static final float[][] NO_FROZEN = new float[0][];
        private static final byte[] OWN = new byte[0];
        final long number;
        final MicroBatch batch;
        final FrozenChoice choice;
        final boolean afterBarrier;
        final long sentAt = System.nanoTime();
        int awaited;
        float[] weights = NONE;
        long[] examples = NO_EXAMPLES;

        /** For each wanted frozen weights those of all keys. */
        final float[][] frozen;

        /** For the weights, and for each of the frozen ones, which row stands for each key. */
        final byte[][] standings;

        InFlight(long number, MicroBatch batch, FrozenChoice choice, boolean afterBarrier) {
            this.number = number;
            this.batch = batch;
            this.choice = choice;
            this.afterBarrier = afterBarrier;
            int wanted = choice.wanted().size();
            frozen = wanted == 0 ? NO_FROZEN : new float[wanted][batch.weightCount()];
            standings = new byte[1 + wanted][];
            Arrays.fill(standings, OWN);
        }

        /** The only shard's reply holds all weights and need not be copied. */
        void accept(ShardReply reply) {
            awaited--;
            acceptExamples(reply);
            acceptFrozen(reply);
            acceptStandings(reply);
            if (reply.weights().length == batch.weightCount()) {
                weights = reply.weights();
                return;
            }
            if (weights == NONE) {
                weights = new float[batch.weightCount()];
            }
            int at = batch.weightsAt()[batch.keysFrom(reply.shard())];
            System.arraycopy(reply.weights(), 0, weights, at, reply.weights().length);
        }

        private void acceptFrozen(ShardReply reply) {
            int width = reply.weights().length;
            int at = batch.weightsAt()[batch.keysFrom(reply.shard())];
            for (int i = 0; i < frozen.length; i++) {
                System.arraycopy(reply.frozen(), i * width, frozen[i], at, width);
            }
        }

        private void acceptStandings(ShardReply reply) {
            int count = reply.standings().length / standings.length;
            if (count == 0) {
                return;
            }
            int at = batch.keysFrom(reply.shard());
            for (int i = 0; i < standings.length; i++) {
                if (standings[i] == OWN) {
                    standings[i] = new byte[batch.keys().length];
                }
                System.arraycopy(reply.standings(), i * count, standings[i], at, count);
            }
        }

        private void acceptExamples(ShardReply reply) {
            if (reply.examples().length == 0) {
                return;
            }
            if (examples == NO_EXAMPLES) {
                examples = new long[batch.keys().length];
            }
            int at = batch.keysFrom(reply.shard());
            System.arraycopy(reply.examples(), 0, examples, at, reply.examples().length);
        }
    }
}
