package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    train --modes pytorch --python /nonexistent | /nonexistent cannot import torch
                    train --modes bare --skew -1                | --skew must be from 0
                    train --modes bare --values 3               | --values must be from 26
                    train --events clicks --modes pytorch       | --modes pytorch knows ratings only
                    train --modes bare --micro-batch 0          | --micro-batch must be from 1
                    train --modes bare --window 0s              | expected a duration above 0
                    train --modes bare --checkpoint-every 50ms  | --checkpoint-every must be at least
                    rows --values 3                             | --values must be from 26
                    rows --values 100 --skew -1                 | --skew must be from 0
                    rows --cached 0                             | --cached must be above 0
                    score --candidates 0                        | --candidates must be from 1
                    score --rate 0                              | --rate must be from 1
                    score --limit 0s                            | expected a duration above 0
                    score --values 3                            | --values must be from 26
                    score --skew -1                             | --skew must be from 0
                    score --threads 0                           | --threads must be from 1
                    freshness --rate 0                          | --rate must be from 1
                    freshness --version-every 50ms              | --version-every must be at least
                    freshness --values 3                        | --values must be from 26
                    """)
    void whatCannotBeMeasuredIsRefused(String options, String sentence) {
        CommandLineRun run = CommandLineRun.of((Object[]) ("bench " + options).split(" +"));

        assertThat(run.exitCode()).as(run.out()).isEqualTo(2);
        assertThat(run.err()).contains(sentence);
    }

    @Test
    void numbersAreRoundedAndWhatWasNotMeasuredIsNull() {
        assertThat(BenchOptions.rounded(1.23456)).isEqualTo(1.2346);
        assertThat(BenchOptions.rounded(Double.NaN)).isNull();
    }
}
