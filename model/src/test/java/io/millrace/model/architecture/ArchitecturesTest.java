package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArchitecturesTest {

    @Test
    void usageExample() {
        assertThat(
                        read(
                                """
                                type: dcn-v2
                                cross-layers: 3
                                rank: 16
                                hidden: [128, 64]
                                structure: parallel
                                """))
                .isEqualTo(new DcnV2(3, 16, List.of(128, 64), DcnV2.Structure.PARALLEL));
        assertThat(
                        read(
                                """
                                type: dlrm
                                bottom: [32]
                                top: []
                                self-interaction: true
                                bottom-to-top: false
                                """))
                .isEqualTo(new Dlrm(List.of(32), List.of(), true, false));
    }

    @Test
    void defaults() {
        assertThat(read("type: dcn-v2"))
                .isEqualTo(new DcnV2(2, 0, List.of(64, 32), DcnV2.Structure.STACKED));
        assertThat(read("type: dlrm"))
                .isEqualTo(new Dlrm(List.of(64), List.of(64, 32), false, true));
    }

    @Test
    void aReadArchitectureKnowsItsName() {
        assertThat(read("type: dcn-v2").type()).isEqualTo("dcn-v2");
        assertThat(read("type: dlrm").type()).isEqualTo("dlrm");
    }

    @Test
    void everyOptionIsAskedFor() {
        ConfigNode node = ConfigNode.parse("type: dcn-v2\ncross_layers: 2", "pipeline.yaml");
        Architectures.read(node);

        assertThatThrownBy(node::rejectUnknown)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cross-layers");
    }

    @Test
    void anUnknownTypeIsAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> read("type: dnc"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pipeline.yaml:1")
                .hasMessageContaining("\"dnc\"")
                .hasMessageContaining("there are [")
                .hasMessageContaining("dcn-v2, ");
    }

    @Test
    void aSenselessOptionIsAConfigurationMistake() {
        assertThatThrownBy(() -> read("type: dlrm\ntop: [8, 0]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("layer of width 0");
    }

    private static Architecture read(String yaml) {
        return Architectures.read(ConfigNode.parse(yaml, "pipeline.yaml"));
    }
}
