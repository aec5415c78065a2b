package io.millrace.jobs.cli.bench;

import java.time.Duration;

/**
 * What the measurements of scoring share.
 *
 * @param threads of one tensor operation
 * @param candidates in a request
 * @param firstRate requests a second of the lightest load
 * @param limit the load rises until more than one request in a hundred takes longer
 * @param warmUp before each window
 * @param window how long is measured at a time
 */
public record ScoreBenchSettings(
        int threads,
        int candidates,
        double firstRate,
        Duration limit,
        Duration warmUp,
        Duration window) {}
