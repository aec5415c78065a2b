package io.millrace.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.label.Clicked;
import io.millrace.jobs.label.LabelEvent;
import io.millrace.jobs.label.LabelEventSerializer;
import io.millrace.jobs.source.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
                new StreamRecord<>(new ReadEvent(1, 900, null, List.of(REJECTED, REJECTED))));
        read(2, 100);
        order.processElement(new StreamRecord<>(new ReadEvent(0, 900, null, List.of(REJECTED))));

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
                .hasMessageContaining("event 1 ");
    }

    private void read(long number, long time) throws Exception {
        Clicked click =
                new Clicked(
                        Long.toString(number), time, new Origin("clicks", 0, 0, 0), new byte[0]);
        order.processElement(
                new StreamRecord<>(
                        new ReadEvent(number, time, new LabelEvent.OfClick<>(click), List.of())));
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
