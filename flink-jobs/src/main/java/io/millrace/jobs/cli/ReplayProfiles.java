package io.millrace.jobs.cli;

import io.millrace.jobs.cli.stream.HistoryFeed;
import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.history.ProfileCursor;
import io.millrace.schemas.Profile;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.UndecodableException;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Recorded profiles on their way to the topics that a pipeline has for them. They go ahead of the
 * events, whatever their time: a profile holds from its own time on, however early it is there.
 *
 * @param topics by the profile's name
 */
record ReplayProfiles(Map<String, String> topics) {

    /** By name how many a history holds that have no topic. */
    SortedMap<String, Long> homeless(History history) {
        SortedMap<String, Long> homeless = new TreeMap<>(history.profiles());
        homeless.keySet().removeAll(topics.keySet());
        return homeless;
    }

    /**
     * Sends those that have a topic until there are no more or {@code stopped} says so.
     *
     * @param sender takes them; waiting until they have arrived is the caller's
     * @return how many were sent
     */
    long send(History history, HistoryFeed.Sender sender, BooleanSupplier stopped)
            throws IOException {
        EventCodec<Profile> codec = EventCodec.of(Profile.class, history.format());
        long sent = 0;
        try (ProfileCursor cursor = history.openProfiles()) {
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
