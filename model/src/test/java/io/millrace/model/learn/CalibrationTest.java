package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.example.Example;
import io.millrace.model.loss.ExampleWeighting;
import io.millrace.model.loss.NegativeSample;
import io.millrace.model.loss.Objective;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Streams that are not what happened, and models that say what does all the same. */
final class CalibrationTest {

    private static final int IMPRESSIONS = 600_000;

    @Test
    void sampledNegativesLeavePredictionsCalibrated() {
        double rate = 0.1;
        NegativeSample sample = new NegativeSample(rate);
        try (ClosedWorld world =
                new ClosedWorld(new Objective.Click(rate), ExampleWeighting.NONE, -2.5)) {
            double calibration =
                    world.calibration(
                            IMPRESSIONS,
                            impression -> {
                                Example example = impression.example();
                                if (impression.clicked()) {
                                    world.learn(example.labelled(1, 1));
                                } else if (sample.contains("i" + impression.number())) {
                                    world.learn(example.labelled(0, 1));
                                }
                            });

            assertThat(calibration).isCloseTo(1, within(0.01));
        }
    }

    @Test
    void withoutTheWeightsFakeNegativesWouldHideClicks() {
        assertThat(fakeNegatives(ExampleWeighting.NONE)).isLessThan(0.9);
    }

    @Test
    void withTheirWeightsFakeNegativesLeavePredictionsCalibrated() {
        assertThat(fakeNegatives(ExampleWeighting.FAKE_NEGATIVES)).isCloseTo(1, within(0.01));
    }

    /** Corrections come so late that the model has learned the negatives long before. */
    @Test
    void correctionsLeavePredictionsCalibrated() {
        Queue<Example> late = new ArrayDeque<>();
        try (ClosedWorld world =
                new ClosedWorld(new Objective.Click(), ExampleWeighting.NONE, -1.5)) {
            double calibration =
                    world.calibration(
                            IMPRESSIONS,
                            impression -> {
                                Example example = impression.example();
                                boolean inTime = impression.number() % 3 > 0;
                                if (impression.clicked() && inTime) {
                                    world.learn(example.labelled(1, 1));
                                } else {
                                    world.learn(example.labelled(0, 1));
                                    if (impression.clicked()) {
                                        late.add(example);
                                    }
                                }
                                if (late.size() > 1_000) {
                                    Example known = late.remove();
                                    world.learn(known.labelled(0, -1));
                                    world.learn(known.labelled(1, 1));
                                }
                            });

            assertThat(calibration).isCloseTo(1, within(0.01));
        }
    }

    /** Every impression is a negative at once; its click comes 2000 clicks later. */
    private static double fakeNegatives(ExampleWeighting weighting) {
        Queue<Example> clicks = new ArrayDeque<>();
        try (ClosedWorld world = new ClosedWorld(new Objective.Click(), weighting, -1.5)) {
            return world.calibration(
                    IMPRESSIONS,
                    impression -> {
                        world.learn(impression.example().labelled(0, 1));
                        if (impression.clicked()) {
                            clicks.add(impression.example().labelled(1, 1));
                        }
                        if (clicks.size() > 2_000) {
                            world.learn(clicks.remove());
                        }
                    });
        }
    }
}
