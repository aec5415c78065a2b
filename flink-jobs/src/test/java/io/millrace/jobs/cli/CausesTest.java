package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.JobException;
import org.junit.jupiter.api.Test;

class CausesTest {

    @Test
    void usageExample() {
        Exception failure =
                new ExecutionException(
                        new JobException(
                                "Recovery is suppressed",
                                new IllegalStateException("the disk is full\nand more")));

        assertThat(Causes.sentence(failure)).isEqualTo("the disk is full");
    }

    @Test
    void aFailureWithoutAMessageIsNamed() {
        assertThat(Causes.sentence(new NullPointerException()))
                .isEqualTo("java.lang.NullPointerException");
    }
}
