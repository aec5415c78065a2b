package io.millrace.model.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.ModelSpec;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.stream.StreamFeature.Occasion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * After any number of events the values are those that the plain list of them gives, whatever was
 * asked before.
 */
class StreamRestatementTest {

    private static final long START = 1_700_000_000_000L;
    private static final long WINDOW = 600_000;
    private static final double HALF_LIFE = 1_800_000;

    private static final ModelSpec SPEC =
            Streams.spec(
                    "{type: click}",
                    """
                    shown: {type: numeric}
                    trend: {type: numeric}
                    rate: {type: numeric}
                    recent: {type: numeric}
                    liking: {type: numeric}
                    idle: {type: numeric}
                    seen: {type: categorical-list, dimension: 2}
                    """,
                    """
                    stream-features:
                      shown: {type: count, by: item, of: impression}
                      trend: {type: decayed-count, by: [user, genres], of: click, half-life: 30m}
                      rate: {type: mean, by: item, prior: 0.2, strength: 4}
                      recent: {type: mean, by: user, prior: rate, strength: 2, half-life: 30m}
                      liking: {type: mean, by: [genres, user], prior: recent, strength: 3}
                      idle: {type: since-last, by: user, of: click}
                      seen: {type: last, by: user, of: click, length: 3}
                    """);

    /** An impression, and what became of it. */
    private record Shown(String user, String item, List<String> genres, long time) {}

    /**
     * What was known at a time.
     *
     * @param undone time of the label 0 of the same impression that it takes back
     */
    private record Fact(
            Shown of,
            long time,
            @Nullable Occasion occasion,
            @Nullable Double label,
            @Nullable Long undone) {}

    private final Random random = new Random(19);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void valuesAreThoseOfTheListOfEvents(boolean waits) throws InvalidEventException {
        List<Fact> facts = facts(waits);
        Streams streams = new Streams(SPEC);
        StreamValues values = new StreamValues(SPEC, streams.groups());
        List<Fact> before = new ArrayList<>();
        for (Fact fact : facts) {
            Shown asked = shown(fact.time + random.nextInt(1000));
            StreamKeys keys = keys(streams, asked);
            Map<String, Object> found = values.of(streams.of(keys), asked.time);
            assertRestated(found, asked, before);

            StreamKeys own = keys(streams, fact.of);
            streams.apply(
                    new StreamUpdate.Happened(
                            fact.time, fact.occasion, fact.label, fact.undone, own.recorded()),
                    own);
            before.add(fact);
        }
        assertThat(before).hasSizeGreaterThan(500);
    }

    /** Asking changes nothing, and a decayed value does not depend on how it came about. */
    @Test
    void aDecayedValueIsExact() {
        KeyGroup group =
                KeyGroups.of(new StreamSpec(List.of(SPEC.stream().features().get(1)), List.of()))
                        .all()
                        .get(0);
        KeyRow row = KeyRow.empty(group);
        double expected = 0;
        for (int i = 0; i < 1000; i++) {
            row = row.after(StreamUpdate.clicked(START + i * 1000L, StreamKeys.NONE));
            expected += Math.pow(2, -(2_000_000 - i * 1000L) / HALF_LIFE);
        }

        DecayedEventCount count = (DecayedEventCount) row.at(0);
        assertThat(count.at(START + 2_000_000)).isCloseTo(expected, within(1e-10));
        assertThat(count.at(START + 2_000_000) / count.at(START + 2_000_000 + (long) HALF_LIFE))
                .isEqualTo(2);
    }

    private void assertRestated(Map<String, Object> found, Shown asked, List<Fact> before) {
        long now = asked.time;
        double shown = count(before, Occasion.IMPRESSION, of -> of.item.equals(asked.item));
        double trend =
                asked.genres.stream()
                        .mapToDouble(
                                genre ->
                                        before.stream()
                                                .filter(fact -> fact.occasion == Occasion.CLICK)
                                                .filter(fact -> fact.of.user.equals(asked.user))
                                                .filter(fact -> fact.of.genres.contains(genre))
                                                .mapToDouble(fact -> left(fact.time, now))
                                                .sum())
                        .average()
                        .orElseThrow();
        double rate = mean(before, of -> of.item.equals(asked.item), 0.2, 4, now, false);
        double recent = mean(before, of -> of.user.equals(asked.user), rate, 2, now, true);
        double liking =
                asked.genres.stream()
                        .mapToDouble(
                                genre ->
                                        mean(
                                                before,
                                                of ->
                                                        of.user.equals(asked.user)
                                                                && of.genres.contains(genre),
                                                recent,
                                                3,
                                                now,
                                                false))
                        .average()
                        .orElseThrow();
        List<Fact> clicks =
                before.stream()
                        .filter(fact -> fact.occasion == Occasion.CLICK)
                        .filter(fact -> fact.of.user.equals(asked.user))
                        .toList();

        assertThat(found.get("shown")).isEqualTo(shown);
        assertClose(found.get("trend"), trend);
        assertClose(found.get("rate"), rate);
        assertClose(found.get("recent"), recent);
        assertClose(found.get("liking"), liking);
        assertThat(found.get("idle"))
                .isEqualTo(
                        clicks.isEmpty()
                                ? null
                                : (Double) ((now - clicks.get(clicks.size() - 1).time) / 1000.0));
        assertThat(found.get("seen"))
                .isEqualTo(
                        clicks.subList(Math.max(0, clicks.size() - 3), clicks.size()).stream()
                                .map(fact -> fact.of.item)
                                .toList());
    }

    private static double count(List<Fact> facts, Occasion occasion, Predicate<Shown> of) {
        return facts.stream().filter(fact -> fact.occasion == occasion && of.test(fact.of)).count();
    }

    private static double mean(
            List<Fact> facts,
            Predicate<Shown> of,
            double prior,
            double strength,
            long now,
            boolean decayed) {
        double sum = 0;
        double count = 0;
        for (Fact fact : facts) {
            if (of.test(fact.of)) {
                Double label = fact.label;
                if (label != null) {
                    double weight = decayed ? left(fact.time, now) : 1;
                    sum += weight * label;
                    count += weight;
                }
                Long undone = fact.undone;
                if (undone != null) {
                    count -= decayed ? left(undone, now) : 1;
                }
            }
        }
        return (sum + strength * prior) / (count + strength);
    }

    private static double left(long from, long to) {
        return Math.pow(2, -(to - from) / HALF_LIFE);
    }

    private static void assertClose(@Nullable Object found, double expected) {
        assertThat((Double) found).isCloseTo(expected, within(1e-9));
    }

    private static StreamKeys keys(Streams streams, Shown shown) throws InvalidEventException {
        return streams.groups().keys(shown.user, shown.item, Map.of("genres", shown.genres));
    }

    /** In the order of time, as operators apply them. */
    private List<Fact> facts(boolean waits) {
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Shown shown = shown(START + i * 10_000L);
            long click = shown.time + random.nextInt(900_000);
            int fate = random.nextInt(3);
            if (waits) {
                facts.add(new Fact(shown, shown.time, Occasion.IMPRESSION, null, null));
                if (fate == 0) {
                    facts.add(new Fact(shown, click, Occasion.CLICK, 1.0, null));
                } else {
                    long end = shown.time + WINDOW;
                    facts.add(new Fact(shown, end, null, 0.0, null));
                    if (fate == 1) {
                        facts.add(new Fact(shown, end + 9, null, null, end));
                        facts.add(new Fact(shown, end + 9, Occasion.CLICK, 1.0, null));
                    }
                }
            } else {
                facts.add(new Fact(shown, shown.time, Occasion.IMPRESSION, 0.0, null));
                if (fate == 0) {
                    facts.add(new Fact(shown, click, Occasion.CLICK, 1.0, shown.time));
                }
            }
        }
        facts.sort(Comparator.comparingLong(Fact::time));
        return facts;
    }

    private Shown shown(long time) {
        List<String> genres =
                random.nextBoolean()
                        ? List.of("g" + random.nextInt(3))
                        : List.of("g0", "g" + (1 + random.nextInt(2)));
        return new Shown("u" + random.nextInt(4), "i" + random.nextInt(6), genres, time);
    }
}
