package io.millrace.deploy.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.schemas.ModelVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The compose file with the built image, used as a user does: through ports, volumes and {@code
 * docker}. The tests share one stack and follow its life; Grafana is left out.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(LogsOfFailure.class)
final class ComposeContainerIT implements LogsOfFailure.HasStack {

    private static final String[] JOBS = {"train", "train-worker", "score", "score-worker"};

    private static final String TRAINED =
            "flink_taskmanager_job_task_operator_" + MetricNames.TRAINED_EXAMPLES;
    private static final String CACHED =
            "flink_taskmanager_job_task_operator_" + MetricNames.CACHED_ROWS;

    private ComposeStack stack;
    private Versions versions;
    private Questions questions;

    @Override
    public ComposeStack stack() {
        return stack;
    }

    @BeforeAll
    void build() {
        Engine.requireWith("apache/kafka:4.2.1", "prom/prometheus:latest");
        Engine.build();
        stack = new ComposeStack(Map.of("SIMULATE_RATE", "300"));
        versions = new Versions(stack, "score-worker");
    }

    @AfterAll
    void removeAll() {
        try {
            if (questions != null) {
                questions.close();
            }
        } finally {
            if (stack != null) {
                stack.close();
            }
        }
    }

    @Test
    @Order(1)
    void comesUpHealthy() {
        stack.up("kafka", "prometheus", "simulator");
        stack.up(JOBS);
        awaitHealth();
        assertThat(stack.health("simulator")).isEqualTo("running");
    }

    @Test
    @Order(2)
    void publishesAndAnnouncesVersions() {
        Until.good("a version", versions::newest, newest -> newest > 1);
        try (Announcements announcements = announcements()) {
            List<ModelVersion> announced =
                    Until.good("its announcement", announcements::soFar, all -> !all.isEmpty());
            assertThat(versions.newest())
                    .isGreaterThanOrEqualTo(announced.get(announced.size() - 1).getVersion());
        }
        Until.good(
                "a version that has learned",
                versions::published,
                all -> !all.isEmpty() && all.get(all.size() - 1).examples() > 0);
    }

    @Test
    @Order(3)
    void answersRequestsWithScores() {
        questions = new Questions(stack.bootstrapServers());
        Until.good("a score", questions::scored, scored -> scored > 0);
        long version = questions.newestVersion();
        Until.good("a score by a newer version", questions::newestVersion, v -> v > version);
    }

    @Test
    @Order(4)
    void prometheusKnowsWhatTheDashboardAsks() {
        Map<String, String> waiting = new TreeMap<>(Queries.ofDashboard());
        assertThat(waiting).isNotEmpty();
        Until.good(
                "data for all panels",
                () -> {
                    waiting.values().removeIf(query -> hasNumbers(stack.prometheus(query)));
                    return Map.copyOf(waiting);
                },
                Map::isEmpty);
    }

    @Test
    @Order(5)
    void noAlertIsWrongOrRings() {
        Queries.ofAlerts().values().forEach(stack::prometheus);
        JsonNode rules =
                Until.good(
                        "the rules' first evaluation",
                        () ->
                                stack.get("PROMETHEUS_PORT", "/api/v1/rules")
                                        .at("/data/groups/0/rules"),
                        ComposeContainerIT::areEvaluated);
        assertThat(rules)
                .hasSize(Queries.ofAlerts().size())
                .allSatisfy(rule -> assertThat(rule.get("health").asText()).isEqualTo("ok"));
        assertThat(stack.prometheus("ALERTS{alertstate=\"firing\"}")).isEmpty();
    }

    @Test
    @Order(6)
    void goesOnAfterTheDeathOfATaskManager() {
        goesOnAfterDeathOf("train-worker");
    }

    @Test
    @Order(7)
    void goesOnAfterTheDeathOfTheJobManager() {
        goesOnAfterDeathOf("train");
    }

    @Test
    @Order(8)
    void goesOnWhereItStoppedWhenItIsStartedAgainOnTwoTaskManagers() {
        Versions.Published before = newest();
        stack.stop(JOBS);
        stack.up(Stream.concat(Stream.of("--scale", "train-worker=2"), Stream.of(JOBS)));
        awaitNewVersion(before);
        awaitHealth();
        Until.good(
                "a trainer and a shard on task managers of their own",
                () -> stack.prometheus("count by (instance) (" + TRAINED + " or " + CACHED + ")"),
                machines -> machines.size() == 2);
        long scored = questions.scored();
        Until.good("another score", questions::scored, now -> now > scored);
        assertThatVersionsAreRight();
    }

    private static boolean areEvaluated(JsonNode rules) {
        for (JsonNode rule : rules) {
            if (rule.path("health").asText().equals("unknown")) {
                return false;
            }
        }
        return !rules.isEmpty();
    }

    /** At least one series, and none that is not a number. */
    private static boolean hasNumbers(JsonNode series) {
        for (JsonNode one : series) {
            if (one.at("/value/1").asText().equals("NaN")) {
                return false;
            }
        }
        return !series.isEmpty();
    }

    private void goesOnAfterDeathOf(String service) {
        int restarts = stack.restarts(service);
        long begin = System.nanoTime();
        stack.killJvm(service);
        Until.good("its restart", () -> stack.restarts(service), now -> now > restarts);
        // Nothing is published before the new process is there, and that takes a while.
        Versions.Published before = newest();
        Versions.Published after = awaitNewVersion(before);
        System.out.printf(
                "[compose] %s killed: version %d after %d came %.1f s later%n",
                service, after.version(), before.version(), (System.nanoTime() - begin) / 1e9);
        assertThatVersionsAreRight();
        awaitHealth();
    }

    /** One that has learned what came since; none that came since has learned less. */
    private Versions.Published awaitNewVersion(Versions.Published before) {
        List<Versions.Published> since =
                Until.good(
                        "a version after " + before,
                        () -> after(before.version()),
                        all ->
                                !all.isEmpty()
                                        && all.get(all.size() - 1).examples() > before.examples());
        assertThat(since).allMatch(version -> version.examples() >= before.examples());
        return since.get(since.size() - 1);
    }

    private List<Versions.Published> after(long version) {
        return versions.published().stream().filter(each -> each.version() > version).toList();
    }

    private Versions.Published newest() {
        List<Versions.Published> all = versions.published();
        return all.get(all.size() - 1);
    }

    /** Counts rise with versions, no impression counts twice, and only what is there is told. */
    private void assertThatVersionsAreRight() {
        List<Versions.Published> all = versions.published();
        for (int i = 1; i < all.size(); i++) {
            assertThat(all.get(i).examples()).isGreaterThanOrEqualTo(all.get(i - 1).examples());
            assertThat(all.get(i).impressions())
                    .isGreaterThanOrEqualTo(all.get(i - 1).impressions());
        }
        assertThat(all).allMatch(version -> version.examples() <= version.impressions());
        try (Announcements announcements = announcements()) {
            List<Long> announced = new ArrayList<>();
            Until.good("announcements", announcements::soFar, told -> told.size() >= 2)
                    .forEach(told -> announced.add(told.getVersion()));
            assertThat(announced).isSorted();
            // Older ones may have been removed meanwhile.
            List<Long> kept = versions.numbers();
            List<Long> recent = kept.subList(Math.max(0, kept.size() - 10), kept.size());
            assertThat(recent)
                    .containsAll(announced.stream().filter(told -> told >= recent.get(0)).toList());
        }
    }

    private Announcements announcements() {
        return new Announcements(stack.bootstrapServers(), "models");
    }

    private void awaitHealth() {
        for (String service :
                List.of("kafka", "train", "train-worker", "score", "score-worker", "prometheus")) {
            Until.good(
                    "health of " + service,
                    () -> stack.health(service),
                    health -> health.equals("healthy"));
        }
    }
}
