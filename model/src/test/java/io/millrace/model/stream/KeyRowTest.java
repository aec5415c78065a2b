package io.millrace.model.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.parameter.GoldenBytes;
import io.millrace.model.stream.StreamFeature.Count;
import io.millrace.model.stream.StreamFeature.DecayedCount;
import io.millrace.model.stream.StreamFeature.Last;
import io.millrace.model.stream.StreamFeature.Mean;
import io.millrace.model.stream.StreamFeature.Occasion;
import io.millrace.model.stream.StreamFeature.SinceLast;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyRowTest {

    private static final List<String> USER = List.of("user");
    private static final long NOON = 1_700_000_000_000L;
    private static final long HOUR = 3_600_000;

    private static final StreamFeature CLICKS = new Count("clicks", USER, Occasion.CLICK);
    private static final StreamFeature SHOWN = new Count("shown", USER, Occasion.IMPRESSION);
    private static final StreamFeature TREND =
            new DecayedCount("trend", USER, Occasion.CLICK, Duration.ofHours(1));
    private static final StreamFeature MEAN = new Mean("mean", USER, 0, null, 1, null);
    private static final StreamFeature RECENT =
            new Mean("recent", USER, 0, null, 1, Duration.ofHours(1));
    private static final StreamFeature IDLE = new SinceLast("idle", USER, Occasion.CLICK);
    private static final StreamFeature SEEN = new Last("seen", USER, Occasion.CLICK, "item", 3);

    @Test
    void usageExample() {
        KeyGroup group = group(CLICKS, SEEN);
        StreamUpdate click = StreamUpdate.clicked(NOON, recorded("i7"));

        byte[] stored = KeyRow.empty(group).after(click).after(click).encode();
        KeyRow row = KeyRow.decode(group, stored);

        assertThat(kept(row)).containsExactly(new EventCount(Occasion.CLICK, 2), seen("i7", "i7"));
        assertThat(row.timestamp()).isEqualTo(NOON);
    }

    /** Rows lie in savepoints and on a topic, so they must be readable for ever. */
    @Test
    void bytesArePinned() {
        KeyGroup group = group(CLICKS, SHOWN, TREND, MEAN, RECENT, IDLE, SEEN);
        KeyRow row =
                KeyRow.empty(group)
                        .after(StreamUpdate.shown(NOON, recorded("i7")))
                        .after(StreamUpdate.clicked(NOON + 1, recorded("größe")))
                        .after(StreamUpdate.rated(NOON + 2, 4.5, recorded("i8")));

        GoldenBytes.assertUnchanged("stream/row", row.encode());
        assertThat(kept(KeyRow.decode(group, GoldenBytes.read("stream/row")))).isEqualTo(kept(row));
    }

    @Test
    void bytesOfAProfileArePinned() {
        KeyGroup group = KeyGroup.of(new Profile("users", "user"));
        Map<String, Object> values =
                Map.of(
                        "age",
                        33L,
                        "income",
                        2.5,
                        "premium",
                        true,
                        "country",
                        "Österreich",
                        "interests",
                        List.of("noir", "war"));
        KeyRow row = KeyRow.empty(group).after(StreamUpdate.profiled(NOON, values));

        GoldenBytes.assertUnchanged("stream/profile", row.encode());
        KeyRow read = KeyRow.decode(group, GoldenBytes.read("stream/profile"));
        assertThat(kept(read)).containsExactly(new ProfileValues(values, NOON));
    }

    @Test
    void anEmptyRowHasNoBytes() {
        assertThat(KeyRow.empty(group(CLICKS, MEAN)).encode()).isEmpty();
        assertThat(KeyRow.decode(group(CLICKS), new byte[0]).isEmpty()).isTrue();
    }

    @Test
    void aChangedFileKeepsWhatIsUnchanged() {
        byte[] stored =
                KeyRow.empty(group(CLICKS, TREND, MEAN, SEEN))
                        .after(StreamUpdate.clicked(NOON, recorded("i7")))
                        .encode();
        StreamFeature renamed = new Count("n", USER, Occasion.CLICK);
        StreamFeature otherPrior = new Mean("mean", USER, 3, null, 9, null);
        StreamFeature otherHalfLife =
                new DecayedCount("trend", USER, Occasion.CLICK, Duration.ofHours(2));
        StreamFeature longer = new Last("seen", USER, Occasion.CLICK, "item", 30);

        KeyRow row =
                KeyRow.decode(group(SHOWN, longer, otherHalfLife, otherPrior, renamed), stored);

        assertThat(kept(row))
                .containsExactlyInAnyOrder(
                        new EventCount(Occasion.CLICK, 1),
                        new LabelSums(0, 1, 1, NOON),
                        new LastTexts(Occasion.CLICK, "item", 30, List.of("i7")),
                        new EventCount(Occasion.IMPRESSION, 0),
                        new DecayedEventCount(Occasion.CLICK, 2 * HOUR));
    }

    @Test
    void aShorterLastKeepsTheNewest() {
        byte[] stored =
                KeyRow.empty(group(SEEN))
                        .after(StreamUpdate.clicked(NOON, recorded("a", "b")))
                        .after(StreamUpdate.clicked(NOON, recorded("c", "d")))
                        .encode();
        StreamFeature shorter = new Last("seen", USER, Occasion.CLICK, "item", 2);

        assertThat(kept(KeyRow.decode(group(SEEN), stored))).containsExactly(seen("b", "c", "d"));
        assertThat(kept(KeyRow.decode(group(shorter), stored)))
                .containsExactly(new LastTexts(Occasion.CLICK, "item", 2, List.of("c", "d")));
    }

    // -- what updates do

    @Test
    void onlyWhatTakesAnUpdateChanges() {
        KeyRow row = KeyRow.empty(group(CLICKS, SEEN));

        assertThat(row.after(StreamUpdate.timedOut(NOON))).isSameAs(row);
        assertThat(row.after(StreamUpdate.shown(NOON, recorded("i")))).isSameAs(row);
        assertThat(group(MEAN).takes(StreamUpdate.timedOut(NOON))).isTrue();
        assertThat(group(MEAN).takes(StreamUpdate.shown(NOON, recorded("i")))).isFalse();
        assertThat(group(SEEN).takes(StreamUpdate.clicked(NOON, StreamKeys.NONE))).isFalse();
        assertThat(KeyGroup.of(new Profile("p", "user")).takes(StreamUpdate.timedOut(NOON)))
                .isFalse();
    }

    @Test
    void aCorrectionLeavesWhatAClickInTimeWouldHave() {
        KeyRow empty = KeyRow.empty(group(CLICKS, MEAN));
        KeyRow corrected =
                empty.after(StreamUpdate.timedOut(NOON))
                        .after(StreamUpdate.reversed(NOON + 5, NOON))
                        .after(StreamUpdate.clicked(NOON + 5, recorded()));

        assertThat(kept(corrected))
                .isEqualTo(kept(empty.after(StreamUpdate.clicked(NOON + 5, recorded()))));
    }

    /** What is taken back has decayed since it was known. */
    @Test
    void aReversalTakesBackWhatIsLeftOfTheLabel() {
        LabelSums sums =
                (LabelSums)
                        KeyRow.empty(group(RECENT))
                                .after(StreamUpdate.timedOut(NOON))
                                .after(StreamUpdate.timedOut(NOON + HOUR))
                                .after(StreamUpdate.reversed(NOON + 2 * HOUR, NOON))
                                .at(0);

        assertThat(sums.count()).isCloseTo(0.5, within(1e-15));
        assertThat(sums.sum()).isZero();
    }

    /** A late update may come before what it takes back. */
    @Test
    void aReversalMayComeFirst() {
        LabelSums early =
                (LabelSums)
                        KeyRow.empty(group(MEAN))
                                .after(StreamUpdate.reversed(NOON + 9, NOON))
                                .at(0);
        LabelSums both = early.after(StreamUpdate.timedOut(NOON));

        assertThat(early.mean(0.25, 1, NOON + 9)).isEqualTo(0.25);
        assertThat(both.isEmpty()).isTrue();
    }

    @Test
    void aClickReplacesTheNegativeOfThePolicyThatDoesNotWait() {
        LabelSums sums =
                (LabelSums)
                        KeyRow.empty(group(MEAN))
                                .after(StreamUpdate.shownAsNegative(NOON, recorded()))
                                .after(StreamUpdate.shownAsNegative(NOON, recorded()))
                                .after(
                                        StreamUpdate.clickedAfterNegative(
                                                NOON + 9, NOON, recorded()))
                                .at(0);

        assertThat(sums.sum()).isEqualTo(1);
        assertThat(sums.count()).isEqualTo(2);
    }

    /** Late ones come in any order; all but the order of last values is the same then. */
    @Test
    void theOrderOfUpdatesDoesNotCount() {
        KeyGroup group = group(CLICKS, TREND, MEAN, RECENT, IDLE);
        List<StreamUpdate> updates =
                List.of(
                        StreamUpdate.clicked(NOON, recorded()),
                        StreamUpdate.timedOut(NOON + HOUR),
                        StreamUpdate.reversed(NOON + 3 * HOUR, NOON + HOUR),
                        StreamUpdate.clicked(NOON + 3 * HOUR, recorded()));
        Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            List<StreamUpdate> shuffled = new ArrayList<>(updates);
            Collections.shuffle(shuffled, random);
            KeyRow row = KeyRow.empty(group);
            for (StreamUpdate update : shuffled) {
                row = row.after(update);
            }

            assertThat(row.at(position(group, "count of=CLICK")))
                    .isEqualTo(new EventCount(Occasion.CLICK, 2));
            assertThat(row.at(position(group, "since-last of=CLICK")))
                    .isEqualTo(new LastTime(Occasion.CLICK, NOON + 3 * HOUR));
            DecayedEventCount trend =
                    (DecayedEventCount)
                            row.at(position(group, "decayed-count of=CLICK half-life=3600000"));
            assertThat(trend.at(NOON + 4 * HOUR)).isCloseTo(0.5 + 1 / 16.0, within(1e-15));
            LabelSums recent = (LabelSums) row.at(position(group, "mean half-life=3600000"));
            assertThat(recent.sum()).isCloseTo(1 + 1 / 8.0, within(1e-15));
            assertThat(recent.count()).isCloseTo(1 + 1 / 8.0, within(1e-15));
            assertThat(row.timestamp()).isEqualTo(NOON + 3 * HOUR);
        }
    }

    @Test
    void anOlderProfileReplacesNothing() {
        KeyRow row =
                KeyRow.empty(KeyGroup.of(new Profile("users", "user")))
                        .after(StreamUpdate.profiled(NOON, Map.of("age", 33L)))
                        .after(StreamUpdate.profiled(NOON - 1, Map.of("age", 32L)));

        assertThat(kept(row)).containsExactly(new ProfileValues(Map.of("age", 33L), NOON));
        assertThat(kept(row.after(StreamUpdate.profiled(NOON, Map.of("income", 1L)))))
                .containsExactly(new ProfileValues(Map.of("income", 1L), NOON));
    }

    // -- bytes

    static Stream<StreamUpdate> updates() {
        return Stream.of(
                StreamUpdate.shown(NOON, recorded("i7", "x,\\")),
                StreamUpdate.clicked(NOON, StreamKeys.NONE),
                StreamUpdate.timedOut(NOON),
                StreamUpdate.reversed(NOON + 2, NOON),
                StreamUpdate.shownAsNegative(NOON, recorded("i7")),
                StreamUpdate.clickedAfterNegative(NOON + 3, NOON, recorded("i7")),
                StreamUpdate.rated(NOON, -2.25, recorded("x".repeat(40_000))),
                StreamUpdate.profiled(-1, Map.of("a", 1L, "b", List.of("x"), "c", false)));
    }

    @ParameterizedTest
    @MethodSource("updates")
    void updatesAreReadAsTheyAreWritten(StreamUpdate update) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        update.write(new DataOutputStream(bytes));

        assertThat(StreamUpdate.read(in(bytes.toByteArray()))).isEqualTo(update);
    }

    @Test
    void keysAreReadAsTheyAreWritten() throws IOException {
        StreamKeys keys =
                new StreamKeys(
                        Map.of("by:user", List.of("u1"), "by:genres", List.of("a", "b")),
                        Map.of("item", List.of("")));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        keys.write(new DataOutputStream(bytes));

        assertThat(StreamKeys.read(in(bytes.toByteArray()))).isEqualTo(keys);
    }

    /** Only where an accumulator ends may a row end. */
    @Test
    void aRowThatIsCutOffIsRefused() {
        KeyGroup group = group(CLICKS, TREND, RECENT, IDLE, SEEN);
        byte[] bytes =
                KeyRow.empty(group).after(StreamUpdate.clicked(NOON, recorded("i7"))).encode();
        int accepted = 0;
        for (int length = 1; length < bytes.length; length++) {
            try {
                KeyRow.decode(group, Arrays.copyOf(bytes, length));
                accepted++;
            } catch (DamagedRowException refused) {
                assertThat(refused).hasMessageContaining("cannot be read");
            }
        }
        assertThat(accepted).isEqualTo(group.kept().size());
    }

    @Test
    void anAccumulatorThatIsTooLongIsRefused() {
        KeyGroup group = group(CLICKS);
        byte[] bytes =
                KeyRow.empty(group).after(StreamUpdate.clicked(NOON, recorded("i7"))).encode();
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[1 + 8 + 8]++; // its length

        assertThatThrownBy(() -> KeyRow.decode(group, longer))
                .isInstanceOf(DamagedRowException.class)
                .hasMessageContaining("1 bytes too many for count of=CLICK");
        assertThat(KeyRow.decode(group(SHOWN), longer).isEmpty()).isTrue();
    }

    /** Whatever the bytes, the answer is a row or a refusal, in little memory. */
    @Test
    void damagedRowsAreRefused() {
        KeyGroup group = group(CLICKS, TREND, RECENT, IDLE, SEEN);
        byte[] bytes =
                KeyRow.empty(group).after(StreamUpdate.clicked(NOON, recorded("i7"))).encode();
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = bytes.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                KeyRow.decode(group, damaged).encode();
            } catch (DamagedRowException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 19_000);
        assertThatThrownBy(() -> KeyRow.decode(group, new byte[] {9, 0, 0}))
                .isInstanceOf(DamagedRowException.class)
                .hasMessageContaining("version 9; expected 1");
    }

    private static DataInputStream in(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    private static List<Accumulator> kept(KeyRow row) {
        return Stream.iterate(0, i -> i + 1).limit(row.group().kept().size()).map(row::at).toList();
    }

    private static int position(KeyGroup group, String definition) {
        return group.position(definition);
    }

    private static LastTexts seen(String... texts) {
        return new LastTexts(Occasion.CLICK, "item", 3, List.of(texts));
    }

    private static StreamKeys recorded(String... items) {
        return new StreamKeys(Map.of(), Map.of("item", List.of(items)));
    }

    private static KeyGroup group(StreamFeature... features) {
        return KeyGroups.of(new StreamSpec(List.of(features), List.of())).all().get(0);
    }
}
