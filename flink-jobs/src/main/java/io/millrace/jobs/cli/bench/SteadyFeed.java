package io.millrace.jobs.cli.bench;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.simulate.EventProducer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Writes ratings to Kafka at a steady rate, on a thread of its own, until closed. */
final class SteadyFeed implements AutoCloseable {

    /** Events that are due so soon are sent at once: sleeps much shorter are not kept anyway. */
    private static final long SHORTEST_SLEEP = TimeUnit.MILLISECONDS.toNanos(1);

    private static final double MOST_SECONDS_LATE = 1;

    private final PreparedRatings ratings;
    private final PipelineConfig config;
    private final Schedule schedule;
    private final Consumer<RecordMetadata> arrived;
    private final Thread thread;
    private volatile long next;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    /**
     * @param eventsPerSecond the rate; what is late is sent as fast as it goes
     * @param arrived told each event that is in Kafka, on the producer's thread
     */
    SteadyFeed(
            PreparedRatings ratings,
            PipelineConfig config,
            double eventsPerSecond,
            Consumer<RecordMetadata> arrived) {
        this.ratings = ratings;
        this.config = config;
        this.arrived = arrived;
        schedule = new Schedule(System.nanoTime(), eventsPerSecond);
        thread = new Thread(this::run, "bench-feed");
        thread.setDaemon(true);
        thread.start();
    }

    /** Throws what has stopped the feed, if anything has. */
    void requireRunning() {
        Throwable stopped = failure;
        if (stopped != null) {
            throw new IllegalStateException("events can no longer be written", stopped);
        }
    }

    /**
     * @throws IllegalStateException when the next event should have been written long ago
     */
    void requireOnTime() {
        double late = schedule.secondsLate(next, System.nanoTime());
        if (late > MOST_SECONDS_LATE) {
            throw new IllegalStateException(
                    String.format(
                            Locale.ROOT,
                            "events were written %.1f s later than %,.0f a second would be; a lower"
                                    + " --rate may be one that can be written beside the jobs",
                            late,
                            schedule.perSecond()));
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }

    private void run() {
        try (EventProducer producer = new EventProducer(config)) {
            for (long number = 0; !closed; number++) {
                next = number;
                long early = schedule.dueNanos(number) - System.nanoTime();
                if (early > SHORTEST_SLEEP) {
                    LockSupport.parkNanos(early);
                }
                producer.send(
                        config.topics().ratings(),
                        Workload.impressionId(number),
                        ratings.get(number),
                        arrived);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }
}
