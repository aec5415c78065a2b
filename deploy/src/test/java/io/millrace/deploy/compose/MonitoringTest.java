package io.millrace.deploy.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.model.metric.Auc;
import io.millrace.model.metric.Calibration;
import io.millrace.model.metric.LogLoss;
import io.millrace.model.metric.NormalizedEntropy;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

final class MonitoringTest {

    private static final Pattern METRIC = Pattern.compile("\\bflink_[A-Za-z_]+");
    private static final String OPERATOR = "flink_taskmanager_job_task_operator_";

    /** Flink's own that are asked for; a running stack proves that they are there. */
    private static final Set<String> FLINKS =
            Set.of(
                    "flink_jobmanager_job_runningTime",
                    "flink_jobmanager_job_numRestarts",
                    "flink_jobmanager_job_lastCheckpointDuration",
                    "flink_jobmanager_job_lastCheckpointSize",
                    "flink_jobmanager_job_lastCheckpointFullSize",
                    "flink_jobmanager_job_numberOfCompletedCheckpoints",
                    "flink_jobmanager_job_numberOfFailedCheckpoints");

    @Test
    void dashboardAndAlertsAskForMetricsThatTheJobsHave() throws Exception {
        Set<String> known = new HashSet<>(FLINKS);
        registered().forEach(name -> known.add(OPERATOR + name));
        Map<String, String> dashboard = Queries.ofDashboard();
        assertThat(dashboard).hasSizeGreaterThan(20);
        Map<String, String> alerts = Queries.ofAlerts();
        assertThat(alerts).hasSizeGreaterThan(10);
        for (Map<String, String> queries : List.of(dashboard, alerts)) {
            queries.forEach(
                    (name, query) -> {
                        List<String> asked = metrics(query);
                        assertThat(asked).as(name).isNotEmpty();
                        assertThat(known).as(name).containsAll(asked);
                    });
        }
    }

    @Test
    void theDashboardShowsWhatOneLooksFor() {
        String queries = String.join(" ", Queries.ofDashboard().values());
        assertThat(queries)
                .contains(
                        "trainedExamples",
                        "window_auc",
                        "FreshnessMillis",
                        "VersionAgeMillis",
                        "batchesInFlight",
                        "cacheHits",
                        "lastCheckpointDuration",
                        "deadLetters",
                        "scoringLatencyMillis");
    }

    @Test
    void thePanelsOfTheDashboardAreWhole() {
        JsonNode dashboard = Project.json(Queries.DASHBOARD);
        Set<Integer> ids = new HashSet<>();
        boolean[][] taken = new boolean[200][24];
        for (JsonNode panel : dashboard.get("panels")) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            assertThat(panel.get("title").asText()).isNotBlank();
            take(taken, panel.get("gridPos"));
            if (!panel.get("type").asText().equals("row")) {
                assertThat(panel.get("description").asText()).isNotBlank();
                assertThat(panel.get("datasource").get("uid").asText()).isEqualTo(datasource());
                assertThat(panel.get("targets")).isNotEmpty();
            }
        }
        assertThat(dashboard.get("uid").asText()).isEqualTo("millrace");
    }

    @Test
    void grafanaFindsTheDashboardWhereComposePutsIt() {
        Map<String, Object> provider =
                ComposeFile.map(
                        ComposeFile.list(
                                        Project.yaml(
                                                        "deploy/monitoring/grafana/provisioning/dashboards/millrace.yml")
                                                .get("providers"))
                                .get(0));
        String path = (String) ComposeFile.map(provider.get("options")).get("path");
        assertThat(ComposeFile.read().service("grafana").get("volumes"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .contains("./deploy/monitoring/grafana/dashboards:" + path + ":ro");
    }

    @Test
    void everyAlertSaysWhatItMeansAndWhatToDo() {
        Set<String> names = new HashSet<>();
        for (Map<String, Object> alert : Queries.alerts()) {
            String name = (String) alert.get("alert");
            assertThat(names.add(name)).as(name).isTrue();
            assertThat(ComposeFile.map(alert.get("labels")).get("severity"))
                    .as(name)
                    .isIn("critical", "warning", "info");
            assertThat(ComposeFile.map(alert.get("annotations")))
                    .as(name)
                    .containsOnlyKeys("summary", "action");
        }
    }

    private static String datasource() {
        Object first =
                ComposeFile.list(
                                Project.yaml(
                                                "deploy/monitoring/grafana/provisioning/datasources/prometheus.yml")
                                        .get("datasources"))
                        .get(0);
        return (String) ComposeFile.map(first).get("uid");
    }

    private static void take(boolean[][] taken, JsonNode grid) {
        for (int y = 0; y < grid.get("h").asInt(); y++) {
            for (int x = 0; x < grid.get("w").asInt(); x++) {
                boolean[] line = taken[grid.get("y").asInt() + y];
                int column = grid.get("x").asInt() + x;
                assertThat(line[column]).as("panels overlap").isFalse();
                line[column] = true;
            }
        }
    }

    private static List<String> metrics(String query) {
        List<String> found = new ArrayList<>();
        Matcher matcher = METRIC.matcher(query);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    /** The constants, and prequential metrics, which are gauges by their name. */
    private static Set<String> registered() throws IllegalAccessException {
        Set<String> names = new HashSet<>();
        for (Field field : MetricNames.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
                names.add((String) field.get(null));
            }
        }
        for (String metric :
                List.of(Auc.NAME, LogLoss.NAME, NormalizedEntropy.NAME, Calibration.NAME)) {
            names.add(metric);
            names.add(MetricNames.WINDOW + "_" + metric);
        }
        return names;
    }
}
