package io.millrace.deploy.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.jobs.cli.cluster.ClusterMain;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Jobs that come and go on one cluster: each has a class loader of its own, and PyTorch can be
 * loaded by one class loader only.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LogsOfFailure.class)
final class SessionClusterContainerIT implements LogsOfFailure.HasStack {

    private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");

    private ComposeStack stack;
    private Versions versions;

    @Override
    public ComposeStack stack() {
        return stack;
    }

    @BeforeAll
    void start() {
        Engine.requireWith("apache/kafka:4.2.1");
        Engine.build();
        stack =
                new ComposeStack(
                        Map.of("SIMULATE_RATE", "200"), "deploy/src/test/resources/session.yml");
        versions = new Versions(stack, "session");
        stack.up("kafka", "simulator", "session", "session-worker");
        Until.good(
                "five free slots",
                () -> stack.get("SESSION_PORT", "/overview").path("slots-available").asInt(),
                slots -> slots == 5);
    }

    @AfterAll
    void removeAll() {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    void jobsRunBesideAndAfterEachOther() {
        String first = submit("train");
        Until.good("a version of the first job", versions::newest, newest -> newest > 0);
        String scoring = submit("score");
        awaitRunning(scoring);
        stack.exec("session", "flink", "cancel", first);
        Until.good("the first job's end", () -> state(first), "CANCELED"::equals);
        long last = versions.newest();

        String second = submit("train");
        Until.good("a version of the second job", versions::newest, now -> now > last);
        try (Questions questions = new Questions(stack.bootstrapServers())) {
            Until.good("a score", questions::scored, scored -> scored > 0);
        }
        assertThat(state(second)).isEqualTo("RUNNING");
        assertThat(state(scoring)).isEqualTo("RUNNING");
        for (String job : new String[] {second, scoring}) {
            assertThat(failures(job)).as("failures it was restored from").isEmpty();
        }
        assertThat(stack.logs("session-worker"))
                .doesNotContain("UnsatisfiedLinkError", "already loaded in another classloader");
    }

    private String submit(String job) {
        String output =
                stack.exec(
                        "session",
                        "flink",
                        "run",
                        "--detached",
                        "--class",
                        ClusterMain.class.getName(),
                        "/opt/flink/usrlib/millrace.jar",
                        job,
                        "--config",
                        "/etc/millrace/pipeline.yaml",
                        "--restore",
                        "latest");
        Matcher id = JOB_ID.matcher(output);
        assertThat(id.find()).as(output).isTrue();
        return id.group(1);
    }

    private void awaitRunning(String job) {
        Until.good(
                "all tasks of " + job,
                () -> job(job).path("status-counts"),
                counts -> {
                    int all = 0;
                    for (JsonNode count : counts) {
                        all += count.asInt();
                    }
                    return all > 0 && counts.path("RUNNING").asInt() == all;
                });
    }

    private String state(String job) {
        return job(job).path("state").asText();
    }

    /** These come with the job; its metrics, numRestarts too, come seconds later. */
    private JsonNode failures(String job) {
        return stack.get("SESSION_PORT", "/jobs/" + job + "/exceptions")
                .required("exceptionHistory")
                .required("entries");
    }

    private JsonNode job(String job) {
        return stack.get("SESSION_PORT", "/jobs/" + job);
    }
}
