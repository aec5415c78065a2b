package io.millrace.jobs.train;

import io.millrace.jobs.version.VersionNumbers;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.jobs.version.VersionStorageFactory;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.schemas.PrequentialMetrics;
import java.io.Serializable;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/**
 * Training, wired: a stream of examples in, prequential metrics and the pieces of versions out.
 *
 * <pre>
 *   examples -> Trainer -> keyBy -> ParameterShard -> ReplyReceiver
 *                  ^                                       |
 *                  '------- same slot, in memory ----------'
 * </pre>
 *
 * <p>Between a trainer and a shard of the same task manager requests and replies stay in memory:
 * {@link RequestExchange}, {@link ReplyExchange}.
 *
 * @param metrics reports every so many examples
 * @param pieces of versions: parts and metrics
 * @param outcomes of micro-batches, with a prediction for each sync; those of one trainer in the
 *     order of its examples
 */
public record ParameterServer(
        DataStream<PrequentialMetrics> metrics,
        DataStream<VersionPiece> pieces,
        DataStream<BatchOutcome> outcomes) {

    /** Slot sharing group of trainers and receivers: on a cluster with GPUs it asks for one. */
    public static final String TRAINER_SLOTS = "trainers";

    /** A micro-batch waits for its replies, so neither side may hold one back to fill a buffer. */
    private static final long SEND_AT_ONCE = 0;

    /**
     * @param pipeline prefix of operator names and uids, unique in the job
     * @param maxParallelism of the whole job; fixed for the life of its state
     */
    public static ParameterServer wire(
            DataStream<Example> examples,
            String pipeline,
            ModelSpec spec,
            Settings settings,
            int maxParallelism) {
        ShardAssignment assignment = new ShardAssignment(maxParallelism, settings.shards());
        int trainers = settings.trainers();

        SingleOutputStreamOperator<ShardRequest> requests =
                examples.rebalance()
                        .transform(
                                "trainer",
                                ShardRequestSerializer.TYPE,
                                new TrainerFactory(pipeline, spec, settings.trainer(), assignment))
                        .uid(pipeline + "-trainer")
                        .setBufferTimeout(SEND_AT_ONCE)
                        .setParallelism(trainers)
                        .slotSharingGroup(TRAINER_SLOTS);

        SingleOutputStreamOperator<ShardReply> replies =
                requests.keyBy(request -> request.keys()[0], Types.LONG)
                        .transform(
                                "parameter shard",
                                ShardReplySerializer.TYPE,
                                new ParameterShard(pipeline, spec, settings))
                        .uid(pipeline + "-shard")
                        .setBufferTimeout(SEND_AT_ONCE)
                        .setParallelism(settings.shards())
                        .slotSharingGroup("default");

        SingleOutputStreamOperator<ShardReply> received =
                replies.partitionCustom(
                                (Integer trainer, int subtasks) -> trainer,
                                reply -> reply.trainer().subtask())
                        .transform(
                                "reply receiver",
                                ShardReplySerializer.TYPE,
                                new ReplyReceiver(pipeline))
                        .uid(pipeline + "-receiver")
                        .setParallelism(trainers)
                        .slotSharingGroup(TRAINER_SLOTS);
        received.sinkTo(new DiscardingSink<>())
                .name("loop end")
                .uid(pipeline + "-loop-end")
                .setParallelism(trainers);
        coLocate(pipeline, requests, received);

        SingleOutputStreamOperator<PrequentialMetrics> metrics =
                requests.getSideOutput(Trainer.LEARNED)
                        .transform(
                                "prequential",
                                EventTypes.METRICS,
                                new Prequential(
                                        spec,
                                        settings.trainer().weighting(),
                                        settings.reportEvery()))
                        .uid(pipeline + "-prequential")
                        .setParallelism(1)
                        .slotSharingGroup("default");
        return new ParameterServer(
                metrics,
                replies.getSideOutput(ParameterShard.PIECES)
                        .union(metrics.getSideOutput(Prequential.PIECES)),
                requests.getSideOutput(Trainer.OUTCOMES));
    }

    private static void coLocate(
            String pipeline,
            SingleOutputStreamOperator<?> trainers,
            SingleOutputStreamOperator<?> receivers) {
        trainers.getTransformation().setCoLocationGroupKey(pipeline);
        receivers.getTransformation().setCoLocationGroupKey(pipeline);
    }

    /**
     * @param trainers W
     * @param shards S
     * @param cacheBytes memory of each shard's row cache
     * @param reportEvery examples between two reports of metrics
     * @param start the version whose weights shards that are not restored start with; null for
     *     initial weights
     */
    public record Settings(
            TrainerSettings trainer,
            int trainers,
            int shards,
            long cacheBytes,
            long reportEvery,
            VersionNumbers numbers,
            VersionStorageFactory directory,
            @Nullable StartVersion start)
            implements Serializable {

        /** Starts with initial weights. */
        public Settings(
                TrainerSettings trainer,
                int trainers,
                int shards,
                long cacheBytes,
                long reportEvery,
                VersionNumbers numbers,
                VersionStorageFactory directory) {
            this(trainer, trainers, shards, cacheBytes, reportEvery, numbers, directory, null);
        }
    }
}
