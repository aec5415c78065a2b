package io.millrace.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.label.Clicked;
import io.millrace.jobs.label.LabelEvent;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.train.BatchOutcome;
import io.millrace.jobs.wire.Hex;
import io.millrace.jobs.wire.SerializerContract;
import io.millrace.model.example.Example;
import io.millrace.model.stream.StreamKeys;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BacktestSerializersTest {

    private static final Example INPUT =
            new Example(new long[] {3}, new int[] {1}, new float[] {0.5f}, 0, 1, 17);
    private static final BacktestExample EXAMPLE =
            new BacktestExample(
                    1, 2, 3, List.of("é"), new Example[] {INPUT, null}, 1, 0.5f, 17, List.of());
    private static final RejectedEvent REJECTED = new RejectedEvent("o", "", "日本", "detail");
    private static final Origin ORIGIN = new Origin("clicks", 1, 2, -1);

    @Nested
    class OfHistoryRecord extends SerializerContract<HistoryRecord> {

        @Override
        protected TypeInformation<HistoryRecord> type() {
            return HistoryRecordSerializer.TYPE;
        }

        @Override
        protected List<HistoryRecord> values() {
            return List.of(
                    new NumberedEvent(
                            9,
                            7,
                            new HistoryEvent(
                                    HistoryEvent.Kind.RATING, ORIGIN, 9, new byte[] {1, -1})),
                    new NumberedEvent(
                            Long.MAX_VALUE,
                            0,
                            new HistoryEvent(
                                    HistoryEvent.Kind.CLICK,
                                    new Origin("日本.csv", 0, 1L << 40, 5),
                                    -1,
                                    new byte[0])),
                    new NumberedProfile(3, new HistoryProfile("日本", ORIGIN, new byte[] {1, -1})));
        }
    }

    @Nested
    class OfBacktestExample extends SerializerContract<BacktestExample> {

        private static final byte[] GOLDEN =
                Hex.bytes(
                        "01", // format
                        "0000000000000001", // number
                        "0000000000000002", // digest
                        "0000000000000003", // user
                        "00000001 02e901", // slices
                        "00000002", // examples
                        "01 01 00000008 0300000000000000 00000004 01000000 00000004 0000003f",
                        "00000000 3f800000 0000000000000011", // of the first pipeline
                        "00", // of the second
                        "3f800000", // label
                        "3f000000", // weight
                        "0000000000000011"); // event time

        @Override
        protected TypeInformation<BacktestExample> type() {
            return BacktestExampleSerializer.TYPE;
        }

        @Override
        protected List<BacktestExample> values() {
            return List.of(
                    EXAMPLE,
                    new BacktestExample(-1, 0, 0, List.of(), new Example[] {}, 0, 1, 0, List.of()),
                    new BacktestExample(
                            1,
                            2,
                            3,
                            List.of(),
                            new Example[] {INPUT},
                            0,
                            1,
                            17,
                            List.of(),
                            new StreamKeys(Map.of("by:user", List.of("ann")), Map.of())));
        }

        @Test
        void goldenBytes() throws IOException {
            assertThat(bytes(EXAMPLE)).isEqualTo(GOLDEN);
            assertThat(read(GOLDEN)).usingRecursiveComparison().isEqualTo(EXAMPLE);
        }

        @Test
        void anotherFormatIsRefused() {
            byte[] newer = GOLDEN.clone();
            newer[0] = 3;

            assertThatThrownBy(() -> read(newer))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("format 3")
                    .hasMessageContaining("formats 1 and 2");
        }
    }

    @Nested
    class OfReadEvent extends SerializerContract<ReadEvent> {

        @Override
        protected TypeInformation<ReadEvent> type() {
            return ReadEventSerializer.TYPE;
        }

        @Override
        protected List<ReadEvent> values() {
            Clicked click = new Clicked("a", 18, ORIGIN, new byte[] {4});
            return List.of(
                    new ReadEvent(
                            6,
                            4,
                            17,
                            new LabelEvent.Impressed<>("a", EXAMPLE),
                            null,
                            List.of(REJECTED)),
                    new ReadEvent(7, 5, 18, new LabelEvent.OfClick<>(click), null, List.of()),
                    new ReadEvent(8, 6, 0, null, null, List.of(REJECTED, REJECTED)),
                    ReadEvent.ofProfile(
                            1,
                            new ReadEvent.Profile(
                                    List.of(EventOrderTest.update("a"), EventOrderTest.update("b")),
                                    -9),
                            List.of(REJECTED)),
                    ReadEvent.ofProfile(2, null, List.of()));
        }
    }

    @Nested
    class OfJudgeEvent extends SerializerContract<JudgeEvent> {

        @Override
        protected TypeInformation<JudgeEvent> type() {
            return JudgeEventSerializer.TYPE;
        }

        @Override
        protected List<JudgeEvent> values() {
            return List.of(
                    JudgeEvent.Joined.of(EXAMPLE),
                    new JudgeEvent.Predicted(
                            2,
                            new BatchOutcome(
                                    new float[] {1},
                                    new float[][] {{0.5f}, {0.25f}},
                                    new float[] {1},
                                    9)),
                    new JudgeEvent.Rejected(JudgeEvent.Rejected.LAST, REJECTED),
                    new JudgeEvent.Unlabelled(),
                    new JudgeEvent.Ended(3),
                    new JudgeEvent.Profiles(3, "ab"));
        }

        @Test
        void anUnknownKindIsRefused() {
            assertThatThrownBy(() -> read(new byte[] {9}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("9");
        }
    }
}
