package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoringJobTest {

    @Test
    void scoresDoNotWaitForOthersUnlessThePipelineSaysSo() {
        assertThat(ScoringJob.prompt(Map.of("bootstrap.servers", "a:1")))
                .isEqualTo(Map.of("bootstrap.servers", "a:1", "linger.ms", "0"));
        assertThat(ScoringJob.prompt(Map.of("linger.ms", "7"))).containsEntry("linger.ms", "7");
    }
}
