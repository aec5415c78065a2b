package io.millrace.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.ModelSpec;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ModelSpecWriterTest {

    private static final String MINIMAL =
            """
            model: m
            objective: {type: rating, min: 0.5, max: 5}
            features:
              z: {type: categorical, dimension: 2}
              a: {type: numeric}
            architecture: {type: dcn-v2, structure: stacked, cross-layers: 1, hidden: [4]}
            optimizers:
              embedding: {type: adam, learning-rate: 0.002, epsilon: 1e-7}
              dense: {type: adagrad, learning-rate: 1}
            """;

    @Test
    void usageExample() {
        ModelSpec spec = read(ModelSpecs.CLICKS);

        ObjectNode json = ModelSpecWriter.write(spec);

        assertThat(read(json.toString())).isEqualTo(spec);
        assertThat(ModelSpecWriter.hash(spec)).matches("[0-9a-f]{64}");
    }

    @Test
    void readsBackWhatHasDefaults() {
        ModelSpec spec = read(MINIMAL);

        assertThat(read(ModelSpecWriter.write(spec).toString())).isEqualTo(spec);
        assertThat(read(ModelSpecWriter.write(spec).toPrettyString())).isEqualTo(spec);
    }

    @Test
    void writesAVocabularyOnlyWhereItIsNotOpen() {
        ModelSpec open = read(MINIMAL);
        ModelSpec explicit = read(MINIMAL.replace("dimension: 2}", "dimension: 2, min-count: 0}"));
        ModelSpec closed =
                read(
                        MINIMAL.replace("dimension: 2}", "dimension: 2, min-count: 3, ttl: 7d}")
                                .replace("numeric}", "numeric, standardize: running}"));

        assertThat(ModelSpecWriter.write(open).toString())
                .doesNotContain("min-count", "ttl", "running");
        assertThat(ModelSpecWriter.hash(explicit)).isEqualTo(ModelSpecWriter.hash(open));
        assertThat(ModelSpecWriter.hash(closed)).isNotEqualTo(ModelSpecWriter.hash(open));
        assertThat(read(ModelSpecWriter.write(closed).toString())).isEqualTo(closed);
        assertThat(ModelSpecWriter.write(closed).get("features").toString())
                .contains("\"min-count\":3,\"ttl\":\"604800000ms\"")
                .contains("\"standardize\":\"running\"");
    }

    @Test
    void readsBackNamesOfAnyAlphabet() {
        String name = "\"größe: \\\"ö\\\" \u65e5 \ud83d\ude00\":";
        ModelSpec spec = read(MINIMAL.replace("z:", name));

        assertThat(read(ModelSpecWriter.write(spec).toString())).isEqualTo(spec);
    }

    @Test
    void keepsTheShapeAndOrderOfTheFile() {
        ObjectNode json = ModelSpecWriter.write(read(ModelSpecs.CLICKS));

        assertThat(json.toString())
                .startsWith(
                        "{\"model\":\"clicks\",\"seed\":7,\"objective\":{\"type\":\"click\"},"
                                + "\"features\":{\"user\":{\"type\":\"categorical\","
                                + "\"field\":\"user\",\"dimension\":16},"
                                + "\"item\":{\"type\":\"categorical\","
                                + "\"field\":\"item\",\"dimension\":16},"
                                + "\"genres\":{\"type\":\"categorical-list\","
                                + "\"field\":\"genres\",\"dimension\":8,"
                                + "\"pooling\":\"sum\",\"max-length\":20},"
                                + "\"price\":{\"type\":\"numeric\",\"field\":\"price\","
                                + "\"log\":true,\"clip\":[0.0,10.0],"
                                + "\"standardize\":{\"mean\":3.2,\"deviation\":1.1}},"
                                + "\"age\":{\"type\":\"bucket\",\"field\":\"years\","
                                + "\"dimension\":4,\"boundaries\":[18.0,25.0,35.0]},"
                                + "\"hour\":{\"type\":\"cyclic\",\"field\":\"timestamp\","
                                + "\"period\":\"day\"}},\"architecture\":{\"type\":\"dcn-v2\",");
        assertThat(json.path("architecture").path("cross-layers").asInt()).isEqualTo(2);
        assertThat(json.path("optimizers").path("embedding").path("learning-rate").asDouble())
                .isEqualTo(0.05);
    }

    @Test
    void hashesWhatTheFileMeansNotHowItIsWritten() {
        String hash = ModelSpecWriter.hash(read(MINIMAL));

        assertThat(ModelSpecWriter.hash(read("# a comment\nseed: 42\n" + MINIMAL))).isEqualTo(hash);
        assertThat(ModelSpecWriter.hash(read(MINIMAL.replace("1e-7", "0.00000010"))))
                .isEqualTo(hash);
    }

    /** JDKs before 19 write this number as 1.9999999999999998E23, later ones as 2.0E23. */
    @Test
    void hashesAlikeOnEveryJdk() {
        ModelSpec spec = read(MINIMAL.replace("max: 5", "max: 2e23"));

        String shortest =
                ModelSpecWriter.write(spec).toString().replace("1.9999999999999998E23", "2.0E23");

        assertThat(shortest).contains("\"max\":2.0E23");
        assertThat(ModelSpecWriter.hash(spec)).isEqualTo(DigestUtils.sha256Hex(shortest));
    }

    @Test
    void writesTheShareOfNegativesOnlyWhereSomeAreDropped() {
        ModelSpec all = read(ModelSpecs.CLICKS);
        ModelSpec sampled =
                read(
                        ModelSpecs.CLICKS.replace(
                                "{type: click}", "{type: click, negative-sampling: 0.1}"));

        assertThat(ModelSpecWriter.write(all).path("objective").toString())
                .isEqualTo("{\"type\":\"click\"}");
        assertThat(ModelSpecWriter.write(sampled).path("objective").toString())
                .isEqualTo("{\"type\":\"click\",\"negative-sampling\":0.1}");
        assertThat(read(ModelSpecWriter.write(sampled).toString())).isEqualTo(sampled);
    }

    @Test
    void hashesEveryPart() {
        List<String> texts =
                List.of(
                        MINIMAL,
                        MINIMAL.replace("model: m", "model: n"),
                        "seed: 1\n" + MINIMAL,
                        MINIMAL.replace("max: 5", "max: 4"),
                        MINIMAL.replace("dimension: 2", "dimension: 3"),
                        MINIMAL.replace("{type: numeric}", "{type: numeric, clip: [0, 1]}"),
                        MINIMAL.replace("stacked", "parallel"),
                        MINIMAL.replace("hidden: [4]", "hidden: [5]"),
                        MINIMAL.replace("1e-7", "1e-8"),
                        MINIMAL.replace("learning-rate: 1", "learning-rate: 2"));

        assertThat(texts.stream().map(text -> ModelSpecWriter.hash(read(text))))
                .doesNotHaveDuplicates();
    }

    @Test
    void writesAnyRecordOfOptions() {
        ObjectNode json =
                OptionsWriter.write(
                        "network",
                        new Options(
                                1,
                                2L,
                                0.5,
                                0.05f,
                                true,
                                "x",
                                Mode.FULL_RANK,
                                null,
                                List.of(1, 2),
                                new Nested(3)));

        assertThat(json.toString())
                .isEqualTo(
                        "{\"type\":\"network\",\"count\":1,\"total\":2,\"learning-rate\":0.5,"
                                + "\"beta1\":0.05,\"use-bias\":true,\"text\":\"x\","
                                + "\"mode\":\"full-rank\",\"hidden\":[1,2],"
                                + "\"nested\":{\"inner-rank\":3}}");
    }

    @Test
    void refusesOptionsThatAreNoRecord() {
        assertThatThrownBy(() -> OptionsWriter.write("x", new Object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be a record of options");
    }

    private static ModelSpec read(String text) {
        ConfigNode root = ConfigNode.parse(text, "model.yaml");
        ModelSpec spec = ModelSpecReader.read(root);
        root.rejectUnknown();
        return spec;
    }

    private enum Mode {
        FULL_RANK
    }

    private record Nested(int innerRank) {}

    private record Options(
            int count,
            long total,
            double learningRate,
            float beta1,
            boolean useBias,
            String text,
            Mode mode,
            @Nullable Integer lowRank,
            List<Integer> hidden,
            Nested nested) {}
}
