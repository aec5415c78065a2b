package io.millrace.jobs.label;

import static io.millrace.jobs.label.DisturbedStream.LATE;
import static io.millrace.jobs.label.DisturbedStream.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
import io.millrace.jobs.label.DisturbedStream.Event;
import io.millrace.jobs.label.DisturbedStream.Feed;
import io.millrace.jobs.label.LabelOutcome.Labelled;
import io.millrace.model.example.Example;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is learned of a stream that repeats, reorders and is late, and of one that is killed. */
class LabelJoinExactnessTest {

    private static final double LATE_CLICKS = 0.03;

    /** Milliseconds; a stream lasts several late windows, so that ids are forgotten within it. */
    private static final long GAP = 200;

    /** Without late clicks not even the reasons and times differ. */
    @ParameterizedTest
    @EnumSource(Policy.class)
    void repeatsAndDisorderChangeNothing(Policy policy) throws Exception {
        DisturbedStream stream = DisturbedStream.of(1, 5_000, GAP, 0);

        assertThat(sorted(run(settings(policy, 1), stream.disturbed())))
                .isEqualTo(sorted(run(settings(policy, 1), stream.clean())))
                .hasSizeGreaterThanOrEqualTo(5_000);
        assertThat(stream.disturbed().size()).isGreaterThan(stream.clean().size() * 103 / 100);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void oneByOneTheExamplesAreThoseOfTheCleanStream(long seed) throws Exception {
        DisturbedStream stream = DisturbedStream.of(seed, 5_000, GAP, LATE_CLICKS);
        LabelSettings settings = settings(Policy.WAIT, 1);

        List<LabelOutcome<Example>> disturbed = run(settings, stream.disturbed());

        Map<String, List<String>> net = net(disturbed);
        assertThat(net).isEqualTo(net(run(settings, stream.clean()))).hasSize(5_000);
        assertThat(net.values()).allMatch(examples -> examples.size() == 1);
        assertThat(
                        disturbed.stream()
                                .map(Labelled.class::cast)
                                .filter(one -> one.why() == LabelOutcome.Why.CORRECTION)
                                .map(Labelled::impressionId))
                .containsExactlyInAnyOrderElementsOf(stream.lateIds())
                .hasSizeGreaterThan(20);
    }

    @Test
    void ofSampledNegativesTheSameAreLearned() throws Exception {
        DisturbedStream stream = DisturbedStream.of(4, 5_000, GAP, LATE_CLICKS);
        LabelSettings settings = settings(Policy.WAIT, 0.3);

        Map<String, List<String>> net = net(run(settings, stream.disturbed()));

        assertThat(net).isEqualTo(net(run(settings, stream.clean())));
        assertThat(net.size()).isLessThan(3_000);
    }

    /** Each seed another stream, another rate, and other points at which the job dies. */
    @ParameterizedTest
    @EnumSource(Policy.class)
    void killingChangesNoExample(Policy policy) throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            DisturbedStream stream = DisturbedStream.of(seed, 150, 10 * GAP, 0.2);
            LabelSettings settings =
                    settings(policy, policy == Policy.WAIT && seed % 2 == 0 ? 0.5 : 1)
                            .tellingShown();

            assertThat(sorted(killed(settings, stream.disturbed(), new Random(seed))))
                    .as("seed %d", seed)
                    .isEqualTo(sorted(run(settings, stream.disturbed())));
        }
    }

    private static LabelSettings settings(Policy policy, double sampling) {
        return new LabelSettings(
                LabelJoinHarness.labels(policy, WINDOW, LATE),
                sampling,
                LabelSettings.AtEnd.NEGATIVE);
    }

    private static List<LabelOutcome<Example>> run(LabelSettings settings, List<Event> events)
            throws Exception {
        try (LabelJoinHarness join = LabelJoinHarness.open(settings)) {
            new Feed().feedAll(events, join);
            join.watermark(Long.MAX_VALUE);
            assertNothingIsLeft(join);
            return join.outcomes();
        }
    }

    /**
     * Takes checkpoints at random points, and dies at others: what went out since the checkpoint is
     * thrown away, and its events come again. The watermark of a new attempt begins anew.
     */
    private static List<LabelOutcome<Example>> killed(
            LabelSettings settings, List<Event> events, Random random) throws Exception {
        List<LabelOutcome<Example>> kept = new ArrayList<>();
        LabelJoinHarness join = LabelJoinHarness.open(settings);
        try {
            Feed feed = new Feed();
            int next = 0;
            while (next < events.size()) {
                int checkpoint = Math.min(events.size(), next + 1 + random.nextInt(80));
                int death = Math.min(events.size(), checkpoint + random.nextInt(40));
                feed.feedAll(events.subList(next, checkpoint), join);
                OperatorSubtaskState state = join.snapshot();
                kept.addAll(join.outcomes());
                feed.feedAll(events.subList(checkpoint, death), join);
                join.close();
                join = LabelJoinHarness.restore(settings, state);
                feed = new Feed();
                next = checkpoint;
            }
            join.watermark(Long.MAX_VALUE);
            kept.addAll(join.outcomes());
            assertNothingIsLeft(join);
            return kept;
        } finally {
            join.close();
        }
    }

    private static void assertNothingIsLeft(LabelJoinHarness join) {
        assertThat(join.stateEntries()).isZero();
        assertThat(join.timers()).isZero();
        assertThat(join.waiting()).isZero();
    }

    private static List<String> sorted(List<LabelOutcome<Example>> outcomes) {
        return outcomes.stream()
                .map(outcome -> LabelJoinHarness.text(outcome) + " " + contents(outcome.example()))
                .sorted()
                .toList();
    }

    /** By impression what is left to learn of it when what was taken back is left out. */
    private static Map<String, List<String>> net(List<LabelOutcome<Example>> outcomes) {
        Map<String, Map<String, Integer>> weights = new HashMap<>();
        for (LabelOutcome<Example> outcome : outcomes) {
            Example example = outcome.example();
            weights.computeIfAbsent(outcome.impressionId(), id -> new TreeMap<>())
                    .merge(
                            example.label() + " " + contents(example),
                            (int) example.weight(),
                            Integer::sum);
        }
        Map<String, List<String>> net = new HashMap<>();
        weights.forEach(
                (id, ofId) -> {
                    ofId.values().removeIf(weight -> weight == 0);
                    if (!ofId.isEmpty()) {
                        net.put(
                                id,
                                ofId.entrySet().stream()
                                        .map(e -> e.getKey() + " x " + e.getValue())
                                        .toList());
                    }
                });
        return net;
    }

    private static String contents(Example example) {
        return Arrays.toString(example.keys())
                + Arrays.toString(example.numeric())
                + example.eventTime();
    }
}
