package io.millrace.jobs.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.version.VersionPiece.Position;
import io.millrace.schemas.DeadLetter;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

class SourceRouterTest {

    @Test
    void usageExample() throws Exception {
        try (var router = opened()) {
            router.processElement(event("clicks", 0, 4, 1_000, "a"));
            router.processElement(rejected("clicks", 0, 5));
            router.processElement(event("clicks", 0, 6, 1_002, "b"));

            assertThat(router.extractOutputStreamRecords())
                    .containsExactly(
                            new StreamRecord<>("a", 1_000), new StreamRecord<>("b", 1_002));
            assertThat(side(router, SourceRouter.DEAD_LETTERS))
                    .extracting(DeadLetter::getOffset)
                    .containsExactly(5L);
            assertThat(side(router, SourceRouter.POSITIONS)).isEmpty();

            router.prepareSnapshotPreBarrier(1);

            assertThat(side(router, SourceRouter.POSITIONS))
                    .containsExactly(new Position("clicks", 0, 7));
        }
    }

    @Test
    void anEventGoesOnWithItsOwnTimeOrThatOfItsArrival() throws Exception {
        Origin origin = new Origin("requests", 0, 0, 20);
        var sourced = new StreamRecord<Sourced<String>>(new Sourced.Event<>(origin, 10, "a"));
        try (var router = opened();
                var byArrival = opened(true)) {
            router.processElement(sourced);
            byArrival.processElement(sourced);

            assertThat(router.getOutput()).containsExactly(new StreamRecord<>("a", 10));
            assertThat(byArrival.getOutput()).containsExactly(new StreamRecord<>("a", 20));
        }
    }

    @Test
    void aDeadLetterCountsAsRead() throws Exception {
        try (var router = opened()) {
            router.processElement(rejected("clicks", 2, 9));
            router.prepareSnapshotPreBarrier(1);

            assertThat(side(router, SourceRouter.POSITIONS))
                    .containsExactly(new Position("clicks", 2, 10));
        }
    }

    @Test
    void everyBarrierIsPrecededByThePositionsOfAllPartitions() throws Exception {
        try (var router = opened()) {
            router.processElement(event("clicks", 0, 0, 1, "a"));
            router.processElement(event("clicks", 1, 0, 1, "b"));
            router.prepareSnapshotPreBarrier(1);
            router.processElement(event("clicks", 1, 1, 1, "c"));
            router.prepareSnapshotPreBarrier(2);

            assertThat(side(router, SourceRouter.POSITIONS))
                    .containsExactlyInAnyOrder(
                            new Position("clicks", 0, 1),
                            new Position("clicks", 1, 1),
                            new Position("clicks", 0, 1),
                            new Position("clicks", 1, 2));
        }
    }

    @Test
    void theEndOfTheInputIsACutToo() throws Exception {
        try (var router = opened()) {
            router.processElement(event("clicks", 0, 0, 1, "a"));
            router.getOperator().finish();
            assertThat(side(router, SourceRouter.POSITIONS))
                    .containsExactly(new Position("clicks", 0, 1));

            router.prepareSnapshotPreBarrier(1);
            assertThat(side(router, SourceRouter.POSITIONS)).hasSize(1);
        }
    }

    private static OneInputStreamOperatorTestHarness<Sourced<String>, String> opened()
            throws Exception {
        return opened(false);
    }

    private static OneInputStreamOperatorTestHarness<Sourced<String>, String> opened(
            boolean byArrival) throws Exception {
        var router = new OneInputStreamOperatorTestHarness<>(new SourceRouter<String>(byArrival));
        router.setup(StringSerializer.INSTANCE);
        router.open();
        return router;
    }

    private static <X> List<X> side(
            OneInputStreamOperatorTestHarness<?, ?> router, OutputTag<X> tag) {
        Queue<StreamRecord<X>> records = router.getSideOutput(tag);
        return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
    }

    private static StreamRecord<Sourced<String>> event(
            String topic, int partition, long offset, long time, String value) {
        Origin origin = new Origin(topic, partition, offset, time);
        return new StreamRecord<>(new Sourced.Event<>(origin, time, value));
    }

    private static StreamRecord<Sourced<String>> rejected(
            String topic, int partition, long offset) {
        Origin origin = new Origin(topic, partition, offset, 0);
        return new StreamRecord<>(
                new Sourced.Rejected<>(
                        origin, DeadLetters.of(origin, new byte[] {1}, "EMPTY", "none", 0)));
    }
}
