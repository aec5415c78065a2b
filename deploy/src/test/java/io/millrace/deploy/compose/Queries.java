package io.millrace.deploy.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What dashboard and alerts ask Prometheus, by the panel or alert that asks. */
final class Queries {

    static final String DASHBOARD = "deploy/monitoring/grafana/dashboards/millrace.json";
    static final String ALERTS = "deploy/monitoring/prometheus/alerts.yml";

    private Queries() {}

    static Map<String, String> ofDashboard() {
        Map<String, String> queries = new LinkedHashMap<>();
        for (JsonNode panel : Project.json(DASHBOARD).get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.put(
                        panel.get("id").asInt()
                                + " "
                                + panel.get("title").asText()
                                + ": "
                                + target.get("legendFormat").asText(),
                        target.get("expr").asText());
            }
        }
        return queries;
    }

    static Map<String, String> ofAlerts() {
        Map<String, String> queries = new LinkedHashMap<>();
        alerts().forEach(
                        alert ->
                                queries.put(
                                        (String) alert.get("alert"), (String) alert.get("expr")));
        return queries;
    }

    static List<Map<String, Object>> alerts() {
        List<Map<String, Object>> alerts = new ArrayList<>();
        for (Object group : ComposeFile.list(Project.yaml(ALERTS).get("groups"))) {
            ComposeFile.list(ComposeFile.map(group).get("rules"))
                    .forEach(rule -> alerts.add(ComposeFile.map(rule)));
        }
        return alerts;
    }
}
