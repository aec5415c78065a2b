package io.millrace.jobs.source;

import io.millrace.jobs.version.VersionPiece;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.schemas.DeadLetter;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.TopicPartition;

/** A topic as streams: its valid events, its dead letters, and its positions at each checkpoint. */
public record EventStream<T>(
        SingleOutputStreamOperator<T> events,
        DataStream<DeadLetter> deadLetters,
        DataStream<VersionPiece> positions) {

    /**
     * Reads every record of a topic, from its beginning or from where the checkpoint left it; those
     * that Kafka has removed fail the job.
     *
     * @see EveryRecord
     */
    public static <T> EventStream<T> read(
            StreamExecutionEnvironment env,
            KafkaSettings settings,
            String topic,
            EventReader<T> reader,
            TypeInformation<T> type,
            int parallelism) {
        return read(
                env,
                settings,
                topic,
                reader,
                type,
                parallelism,
                new EveryRecord(settings.properties()));
    }

    /** Reads a topic from {@code start} when there is no checkpoint. */
    @SuppressWarnings("unchecked")
    public static <T> EventStream<T> read(
            StreamExecutionEnvironment env,
            KafkaSettings settings,
            String topic,
            EventReader<T> reader,
            TypeInformation<T> type,
            int parallelism,
            OffsetsInitializer start) {
        Class<Sourced<T>> sourced = (Class<Sourced<T>>) (Class<?>) Sourced.class;
        TypeInformation<Sourced<T>> sourcedType =
                SerializerTypeInfo.of(
                        sourced,
                        () ->
                                new SourcedSerializer<>(
                                        type.createSerializer(
                                                env.getConfig().getSerializerConfig())));
        KafkaSourceBuilder<Sourced<T>> source =
                KafkaSource.<Sourced<T>>builder()
                        .setTopics(topic)
                        .setGroupId(settings.group())
                        .setClientIdPrefix(settings.group() + "-" + topic)
                        .setStartingOffsets(start)
                        .setDeserializer(
                                new KafkaEvents<>(
                                        reader,
                                        sourcedType,
                                        settings.maxAhead(),
                                        settings.schemas(),
                                        settings.maxBytes()));
        settings.properties().forEach(source::setProperty);
        if (settings.end() != null) {
            source.setBounded(OffsetsInitializer.offsets(end(settings.end(), topic)));
        }
        SingleOutputStreamOperator<T> events =
                env.fromSource(source.build(), watermarks(settings), topic, sourcedType)
                        .uid("source-" + topic)
                        .setParallelism(parallelism)
                        .transform("route " + topic, type, new SourceRouter<>(reader.byArrival()))
                        .uid("route-" + topic)
                        .setParallelism(parallelism);
        return new EventStream<>(
                events,
                events.getSideOutput(SourceRouter.DEAD_LETTERS),
                events.getSideOutput(SourceRouter.POSITIONS));
    }

    private static <T> WatermarkStrategy<Sourced<T>> watermarks(KafkaSettings settings) {
        return WatermarkStrategy.<Sourced<T>>forGenerator(
                        context -> new ValidEventWatermarks<>(settings.outOfOrderness()))
                .withTimestampAssigner((sourced, recordTime) -> timeOf(sourced, recordTime))
                .withIdleness(settings.idleAfter());
    }

    private static <T> long timeOf(Sourced<T> sourced, long recordTime) {
        return sourced instanceof Sourced.Event<T> event ? event.eventTime() : recordTime;
    }

    private static Map<TopicPartition, Long> end(
            Map<String, Map<Integer, Long>> end, String topic) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        end.getOrDefault(topic, Map.of())
                .forEach(
                        (partition, offset) ->
                                offsets.put(new TopicPartition(topic, partition), offset));
        return offsets;
    }
}
