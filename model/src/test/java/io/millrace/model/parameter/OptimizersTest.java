package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import org.junit.jupiter.api.Test;

class OptimizersTest {

    @Test
    void usageExample() {
        assertThat(read("type: adagrad\nlearning-rate: 0.05\ninitial-accumulator: 0.1"))
                .isEqualTo(new AdaGrad(0.05, 0.1, 1e-10));
    }

    @Test
    void defaults() {
        assertThat(read("type: sgd")).isEqualTo(new Sgd(0.001));
        assertThat(read("type: adagrad")).isEqualTo(new AdaGrad(0.01, 0, 1e-10));
        assertThat(read("type: row-wise-adagrad")).isEqualTo(new RowWiseAdaGrad(0.01, 0, 1e-8));
        assertThat(read("type: adam")).isEqualTo(new Adam(0.001, 0.9, 0.999, 1e-8));
        assertThat(read("type: adamw")).isEqualTo(new AdamW(0.001, 0.9, 0.999, 1e-8, 0.01));
        assertThat(read("type: ftrl")).isEqualTo(new FtrlProximal(0.1, 1, 0, 0));
    }

    @Test
    void everyHyperparameterCanBeSet() {
        assertThat(read("type: sgd\nlearning-rate: 2")).isEqualTo(new Sgd(2));
        assertThat(read("type: adagrad\nlearning-rate: 2\ninitial-accumulator: 3\nepsilon: 4"))
                .isEqualTo(new AdaGrad(2, 3, 4));
        assertThat(
                        read(
                                "type: row-wise-adagrad\n"
                                        + "learning-rate: 2\ninitial-accumulator: 3\nepsilon: 4"))
                .isEqualTo(new RowWiseAdaGrad(2, 3, 4));
        assertThat(read("type: adam\nlearning-rate: 2\nbeta1: 0.3\nbeta2: 0.4\nepsilon: 5"))
                .isEqualTo(new Adam(2, 0.3, 0.4, 5));
        assertThat(
                        read(
                                "type: adamw\nlearning-rate: 2\nbeta1: 0.3\nbeta2: 0.4\nepsilon: 5"
                                        + "\nweight-decay: 0.2"))
                .isEqualTo(new AdamW(2, 0.3, 0.4, 5, 0.2));
        assertThat(read("type: ftrl\nalpha: 2\nbeta: 3\nl1: 4\nl2: 5"))
                .isEqualTo(new FtrlProximal(2, 3, 4, 5));
    }

    @Test
    void theNameReadIsTheNameOfTheOptimizer() {
        for (String type :
                new String[] {"sgd", "adagrad", "row-wise-adagrad", "adam", "adamw", "ftrl"}) {
            assertThat(read("type: " + type).type()).isEqualTo(type);
        }
    }

    @Test
    void refusesAnUnknownName() {
        assertThatThrownBy(() -> read("type: adamax"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pipeline.yaml:1: type")
                .hasMessageContaining("adagrad, adam, adamw, ftrl, row-wise-adagrad, sgd")
                .hasMessageContaining("\"adamax\"");
    }

    @Test
    void saysWhichHyperparameterIsWrong() {
        assertThatThrownBy(() -> read("type: adam\nbeta1: 1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pipeline.yaml")
                .hasMessageContaining("beta1 must be at least 0 and below 1, but is 1.0");
        assertThatThrownBy(() -> read("type: sgd\nlearning-rate: -1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("learning-rate must be");
    }

    /** What {@code rejectUnknown} then refuses. */
    @Test
    void asksOnlyForTheKeysOfItsType() {
        ConfigNode node = ConfigNode.parse("type: sgd\nbeta1: 0.9", "pipeline.yaml");
        Optimizers.read(node);

        assertThatThrownBy(node::rejectUnknown)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("beta1");
    }

    private static RowOptimizer read(String yaml) {
        ConfigNode node = ConfigNode.parse(yaml, "pipeline.yaml");
        RowOptimizer optimizer = Optimizers.read(node);
        node.rejectUnknown();
        return optimizer;
    }
}
