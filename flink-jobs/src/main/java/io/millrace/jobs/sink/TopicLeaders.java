package io.millrace.jobs.sink;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Waits until brokers lead the partitions of topics that were just created. A producer that sends
 * several batches before might have the first refused and a later one taken, and then never get the
 * first one in (KAFKA-15591).
 */
public final class TopicLeaders {

    private static final Duration PAUSE = Duration.ofMillis(10);

    private TopicLeaders() {}

    /**
     * Returns when all partitions are led: only a leader tells where its partition ends.
     *
     * @throws TimeoutException when they are not within {@code patience}
     * @throws ExecutionException for what trying again does not mend
     */
    public static void await(Admin admin, Collection<NewTopic> topics, Duration patience)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (NewTopic topic : topics) {
            for (int partition = 0; partition < topic.numPartitions(); partition++) {
                ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        List<String> names = topics.stream().map(NewTopic::name).toList();
        long giveUp = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                // Asked for the end of a topic that it does not know yet, the client logs an error.
                result(admin.describeTopics(names).allTopicNames(), giveUp);
                result(admin.listOffsets(ends).all(), giveUp);
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RetriableException)
                        || System.nanoTime() - giveUp >= 0) {
                    throw e;
                }
                Thread.sleep(PAUSE.toMillis());
            }
        }
    }

    private static void result(KafkaFuture<?> future, long giveUp)
            throws ExecutionException, InterruptedException, TimeoutException {
        var unused = future.get(giveUp - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
}
