package io.millrace.jobs.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The JSON of a backtest, which programs read. */
class ReportJsonTest {

    @Test
    void usageExample() {
        JsonNode json =
                ReportJson.of(Reports.of(Map.of("a", 0.7, "b", 0.75)).syncs("0", "1h").report());

        assertThat(names(json))
                .containsExactly(
                        "command",
                        "version",
                        "complete",
                        "data",
                        "objective",
                        "window",
                        "judge_from",
                        "syncs",
                        "pipelines",
                        "base_rate",
                        "comparisons",
                        "throughput");
        assertThat(json.get("complete").booleanValue()).isTrue();
        assertThat(json.get("objective").textValue()).isEqualTo("click");
        assertThat(json.get("window").textValue()).isEqualTo("1d");
        assertThat(json.get("judge_from").textValue()).isEqualTo("2023-11-17T00:00:00Z");
        assertThat(json.get("syncs").toString()).isEqualTo("[\"0\",\"1h\"]");
        assertThat(json.get("throughput").toString())
                .isEqualTo("{\"examples_per_second\":23456.7,\"seconds\":2.56}");
        JsonNode data = json.get("data");
        assertThat(names(data))
                .containsExactly(
                        "source",
                        "fingerprint",
                        "from",
                        "to",
                        "events",
                        "profiles",
                        "examples",
                        "rejected",
                        "facts");
        assertThat(data.get("from").textValue()).isEqualTo("2023-11-15T00:00:00Z");
        assertThat(data.get("to").textValue()).isEqualTo("2023-12-14T23:59:59.999Z");
    }

    @Test
    void aPipelineHasItsNumbersBySyncWindowSliceAndBin() {
        JsonNode json =
                ReportJson.of(Reports.of(Map.of("a", 0.7, "b", 0.75)).syncs("0", "1h").report());
        JsonNode a = json.get("pipelines").get(0);

        assertThat(names(a))
                .containsExactly(
                        "name",
                        "config",
                        "specification",
                        "architecture",
                        "start_version",
                        "last_version",
                        "examples",
                        "metrics",
                        "windows",
                        "slices",
                        "reliability",
                        "freshness");
        assertThat(a.get("start_version").isNull()).isTrue();
        assertThat(a.get("last_version").longValue()).isEqualTo(3);
        assertThat(a.get("metrics").get("auc").toString())
                .isEqualTo("{\"value\":0.7,\"low\":0.695,\"high\":0.705}");
        assertThat(a.get("windows")).hasSize(30);
        assertThat(names(a.get("windows").get(0)))
                .containsExactly("from", "to", "examples", "metrics");
        assertThat(a.get("slices").get(4).get("column").textValue()).isEqualTo("new:user");
        assertThat(names(a.get("reliability").get(0)))
                .containsExactly("prediction", "label", "examples");
        JsonNode fresh = a.get("freshness");
        assertThat(fresh).hasSize(2);
        assertThat(fresh.get(0).get("comparisons")).isEmpty();
        assertThat(fresh.get(1).get("sync").textValue()).isEqualTo("1h");
        assertThat(fresh.get(1).get("comparisons").get(0).get("a").textValue()).isEqualTo("0");
        assertThat(fresh.get(1).get("comparisons").get(0).get("b").textValue()).isEqualTo("1h");
        assertThat(json.get("base_rate").get("windows")).hasSize(30);
    }

    @Test
    void whatIsNotKnownIsNull() {
        JsonNode json =
                ReportJson.of(
                        Reports.of(Map.of("a", 0.7, "b", 0.75))
                                .p(null)
                                .unfinished("it was stopped.")
                                .report());

        assertThat(json.get("complete").booleanValue()).isFalse();
        JsonNode comparison = json.get("comparisons").get(0);
        assertThat(names(comparison))
                .containsExactly("a", "b", "metric", "difference", "low", "high", "p_value");
        assertThat(comparison.get("a").textValue()).isEqualTo("a");
        assertThat(comparison.get("p_value").isNull()).isTrue();
        assertThat(comparison.get("low").isNull()).isTrue();
    }

    private static List<String> names(JsonNode json) {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
