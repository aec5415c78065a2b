package io.millrace.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.jobs.simulate.SimulatedEvent.Clicked;
import io.millrace.jobs.simulate.SimulatedEvent.Shown;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OracleScoresTest {

    @Test
    void usageExample() {
        OracleScores oracle = new OracleScores();

        oracle.add(shown(0.8, true));
        oracle.add(shown(0.4, true));
        oracle.add(shown(0.2, false));
        oracle.add(shown(0.5, false));
        oracle.add(new Clicked(new Click("a", 1L), 0));

        assertThat(oracle.impressions()).isEqualTo(4);
        assertThat(oracle.values().get("auc")).isCloseTo(0.75, within(1e-3));
        double logLoss = -(Math.log(0.8) + Math.log(0.4) + Math.log(0.8) + Math.log(0.5)) / 4;
        assertThat(oracle.values().get("logloss")).isCloseTo(logLoss, within(1e-9));
        assertThat(oracle.values().get("normalized_entropy"))
                .isCloseTo(logLoss / Math.log(2), within(1e-9));
    }

    private static Shown shown(double probability, boolean clicked) {
        return new Shown(new Impression("a", 0L, "u1", "i1", Map.of()), probability, clicked);
    }
}
