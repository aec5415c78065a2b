package io.millrace.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.label.Clicked;
import io.millrace.jobs.label.LabelEvent;
import io.millrace.jobs.label.LabelEventSerializer;
import io.millrace.jobs.source.Origin;
import io.millrace.model.stream.StreamUpdate;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventOrderTest {

    private static final RejectedEvent REJECTED = new RejectedEvent("a.csv, line 7", "", "R", "d");

    private OneInputStreamOperatorTestHarness<ReadEvent, LabelEvent<BacktestExample>> order;

    @BeforeEach
    void open() throws Exception {
        order = new OneInputStreamOperatorTestHarness<>(new EventOrder(Duration.ofMillis(10)));
        order.setup(
                LabelEventSerializer.type(new BacktestExampleSerializer())
                        .createSerializer(new SerializerConfigImpl()));
        order.open();
    }

    @AfterEach
    void close() throws Exception {
        order.close();
    }

    @Test
    void usageExample() throws Exception {
        read(1, 200);
        read(3, 150);
        assertThat(order.getOutput()).isEmpty();
        read(0, 100);
        read(2, 400);

        assertThat(output()).containsExactly("<89>", "0", "<189>", "1", "<389>", "2", "3");
    }

    @Test
    void eventTimeStandsStillWhileEventsComeLate() throws Exception {
        read(0, 100);
        read(1, 99);
        read(2, 100);
        read(3, 101);

        assertThat(output()).containsExactly("<89>", "0", "1", "2", "<90>", "3");
    }

    @Test
    void rejectedEventsAreToldInTheirOrderAndDoNotMoveEventTime() throws Exception {
        order.processElement(
                new StreamRecord<>(
                        new ReadEvent(1, 1, 900, null, null, List.of(REJECTED, REJECTED))));
        read(2, 100);
        order.processElement(
                new StreamRecord<>(new ReadEvent(0, 0, 900, null, null, List.of(REJECTED))));

        assertThat(output()).containsExactly("<89>", "2");
        assertThat(aside())
                .containsExactly(
                        new JudgeEvent.Rejected(0, REJECTED),
                        new JudgeEvent.Rejected(1, REJECTED),
                        new JudgeEvent.Rejected(1, REJECTED));
    }

    @Test
    void theEndBringsAllThatIsBeforeTheLastEvent() throws Exception {
        read(0, 100);
        order.processWatermark(new Watermark(5_000));
        order.processWatermark(Watermark.MAX_WATERMARK);
        order.endInput();

        assertThat(output()).containsExactly("<89>", "0", "<99>", "<end>");
        assertThat(aside()).isEmpty();
        order.getOneInputOperator().finish();
        assertThat(aside()).containsExactly(new JudgeEvent.Ended(1));
    }

    @Test
    void anEmptyHistoryEndsToo() throws Exception {
        order.processWatermark(Watermark.MAX_WATERMARK);

        assertThat(output()).containsExactly("<end>");
    }

    @Test
    void aGapAtTheEndIsAnError() throws Exception {
        read(0, 100);
        read(2, 100);

        assertThatThrownBy(() -> order.processWatermark(Watermark.MAX_WATERMARK))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("record 1 ");
    }

    /** However late, as each waits for its own time. */
    @Test
    void profilesGoAheadOfAllEventsAndDoNotMoveEventTime() throws Exception {
        profile(1, "b");
        read(2, 0, 100);
        order.processElement(new StreamRecord<>(ReadEvent.ofProfile(0, null, List.of(REJECTED))));
        order.processWatermark(Watermark.MAX_WATERMARK);
        order.getOneInputOperator().finish();

        assertThat(output()).containsExactly("<89>", "2", "<99>", "<end>");
        assertThat(order.getSideOutput(EventOrder.PROFILES))
                .containsExactly(new StreamRecord<>(update("b"), 700));
        assertThat(aside())
                .containsExactly(
                        new JudgeEvent.Rejected(ReadEvent.PROFILE, REJECTED),
                        new JudgeEvent.Profiles(1, fingerprint(1)),
                        new JudgeEvent.Ended(1));
    }

    @Test
    void theFingerprintIsOfAllProfilesInTheirOrder() throws Exception {
        profile(1, "b");
        profile(0, "a");
        order.processWatermark(Watermark.MAX_WATERMARK);
        order.getOneInputOperator().finish();

        assertThat(aside())
                .containsExactly(
                        new JudgeEvent.Profiles(2, fingerprint(0, 1)), new JudgeEvent.Ended(0));
    }

    static FeatureEvent update(String key) {
        StreamUpdate update = StreamUpdate.profiled(700, Map.of("age", 31L));
        return new FeatureEvent("profile:0.users", key, 700, 0, "id", -1, update);
    }

    private void profile(long place, String key) throws Exception {
        order.processElement(
                new StreamRecord<>(
                        ReadEvent.ofProfile(
                                place,
                                new ReadEvent.Profile(List.of(update(key)), place),
                                List.of())));
    }

    private static String fingerprint(long... digests) throws Exception {
        ByteBuffer all = ByteBuffer.allocate(Long.BYTES * digests.length);
        for (long digest : digests) {
            all.putLong(digest);
        }
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all.array()));
    }

    private void read(long number, long time) throws Exception {
        read(number, number, time);
    }

    private void read(long place, long number, long time) throws Exception {
        Clicked click =
                new Clicked(Long.toString(place), time, new Origin("clicks", 0, 0, 0), new byte[0]);
        order.processElement(
                new StreamRecord<>(
                        new ReadEvent(
                                place,
                                number,
                                time,
                                new LabelEvent.OfClick<>(click),
                                null,
                                List.of())));
    }

    /** Numbers of events, and watermarks in angle brackets. */
    private List<String> output() {
        List<String> shown = new ArrayList<>();
        for (Object element : order.getOutput()) {
            if (element instanceof Watermark mark) {
                shown.add(
                        mark.equals(Watermark.MAX_WATERMARK)
                                ? "<end>"
                                : "<" + mark.getTimestamp() + ">");
            } else {
                shown.add(((LabelEvent<?>) ((StreamRecord<?>) element).getValue()).impressionId());
            }
        }
        return shown;
    }

    private List<JudgeEvent> aside() {
        var records = order.getSideOutput(EventOrder.ASIDE);
        return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
    }
}
