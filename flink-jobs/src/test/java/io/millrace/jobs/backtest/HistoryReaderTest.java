package io.millrace.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.codec.EventFormat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistoryReaderTest {

    private static final Origin ORIGIN = new Origin("a", 0, 1, 5);

    private final List<String> noted = new ArrayList<>();

    /** A consumer of profiles holds buffers and connections that events have no use for. */
    @Test
    void profilesAreClosedOnceBeforeEventsAreOpened() throws Exception {
        try (HistoryReader reader =
                new HistoryReader(new NotingHistory(), Set.of("users"), new Context())) {
            reader.addSplits(List.of(new HistorySource.Split(0)));
            Output output = new Output();
            while (reader.pollNext(output) == InputStatus.MORE_AVAILABLE) {
                noted.add("sent " + output.sent.remove().place());
            }
        }

        assertThat(noted)
                .containsExactly(
                        "profiles opened",
                        "sent 0",
                        "profiles closed",
                        "events opened",
                        "sent 1",
                        "events closed");
    }

    @Test
    void profilesThatWereNotReadToTheirEndAreClosed() throws Exception {
        try (HistoryReader reader =
                new HistoryReader(new NotingHistory(), Set.of("users"), new Context())) {
            reader.addSplits(List.of(new HistorySource.Split(0)));
            assertThat(reader.pollNext(new Output())).isEqualTo(InputStatus.MORE_AVAILABLE);
        }

        assertThat(noted).containsExactly("profiles opened", "profiles closed");
    }

    /** One profile that is wanted, one that is not, and one event. */
    private final class NotingHistory implements History {

        private static final long serialVersionUID = 1L;

        @Override
        public EventFormat format() {
            return EventFormat.AVRO;
        }

        @Override
        public long size() {
            return 1;
        }

        @Override
        public SortedMap<String, String> facts() {
            return Collections.emptySortedMap();
        }

        @Override
        public HistoryCursor<HistoryEvent> open() {
            noted.add("events opened");
            Queue<HistoryEvent> left =
                    new ArrayDeque<>(
                            List.of(
                                    new HistoryEvent(
                                            HistoryEvent.Kind.CLICK, ORIGIN, 5, new byte[1])));
            return new HistoryCursor<>() {
                @Override
                public @Nullable HistoryEvent next() {
                    return left.poll();
                }

                @Override
                public void close() {
                    noted.add("events closed");
                }
            };
        }

        @Override
        public HistoryCursor<HistoryProfile> openProfiles() {
            noted.add("profiles opened");
            Queue<HistoryProfile> left =
                    new ArrayDeque<>(
                            List.of(
                                    new HistoryProfile("users", ORIGIN, new byte[1]),
                                    new HistoryProfile("shops", ORIGIN, new byte[1])));
            return new HistoryCursor<>() {
                @Override
                public @Nullable HistoryProfile next() {
                    return left.poll();
                }

                @Override
                public void close() {
                    noted.add("profiles closed");
                }
            };
        }
    }

    private static final class Output implements ReaderOutput<HistoryRecord> {

        private final Queue<HistoryRecord> sent = new ArrayDeque<>();

        @Override
        public void collect(HistoryRecord read) {
            sent.add(read);
        }

        @Override
        public void collect(HistoryRecord read, long timestamp) {
            sent.add(read);
        }

        @Override
        public void emitWatermark(Watermark mark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}

        @Override
        public SourceOutput<HistoryRecord> createOutputForSplit(String split) {
            return this;
        }

        @Override
        public void releaseOutputForSplit(String split) {}
    }

    /** Of a reader that is not started nothing is asked. */
    private static final class Context implements SourceReaderContext {

        @Override
        public SourceReaderMetricGroup metricGroup() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Configuration getConfiguration() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String getLocalHostName() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int getIndexOfSubtask() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sendSplitRequest() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sendSourceEventToCoordinator(SourceEvent event) {
            throw new UnsupportedOperationException();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            throw new UnsupportedOperationException();
        }
    }
}
