package io.millrace.jobs.cli;

import io.millrace.jobs.cli.stream.HistoryFeed;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.schemas.Profile;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.UndecodableException;
import java.io.IOException;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Recorded profiles on their way to the topics that a pipeline has for them. They go ahead of the
 * events, for a profile holds from its own time on, however early it is there; and in the order of
 * their time, for a job takes one behind a younger one for late.
 *
 * @param topics by the profile's name
 */
record ReplayProfiles(Map<String, String> topics) {

    static ReplayProfiles of(PipelineConfig config) {
        return new ReplayProfiles(config.topics().profiles());
    }

    /**
     * Sends those that have a topic until there are no more or {@code stopped} says so, and waits
     * until they have arrived: no job is to read an event before them.
     *
     * @return how many were sent
     */
    long send(FileHistory history, EventProducer producer, BooleanSupplier stopped)
            throws IOException {
        long sent = send(history, (HistoryFeed.Sender) producer::send, stopped);
        producer.flush();
        return sent;
    }

    /** The same without waiting. */
    long send(FileHistory history, HistoryFeed.Sender sender, BooleanSupplier stopped)
            throws IOException {
        EventCodec<Profile> codec = EventCodec.of(Profile.class, history.format());
        long sent = 0;
        try (HistoryCursor<HistoryProfile> cursor = history.openProfiles()) {
            for (HistoryProfile next = cursor.next();
                    next != null && !stopped.getAsBoolean();
                    next = cursor.next()) {
                String topic = topics.get(next.table());
                if (topic != null) {
                    Profile profile = codec.decode(next.payload());
                    sender.send(topic, profile.getKey(), profile);
                    sent++;
                }
            }
        } catch (UndecodableException e) {
            throw new IOException("a profile cannot be decoded: " + e.getMessage(), e);
        }
        return sent;
    }
}
