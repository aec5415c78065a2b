package io.millrace.jobs.cli.bench;

/**
 * How fast something trained.
 *
 * @param examplesPerSecond of wall clock
 * @param cpuSecondsPerMillion of the whole process, by a million examples
 * @param pausedShare of the time, at checkpoints; 0 where there are none
 * @param cacheHitRate of the row cache; 1 where there is none
 */
public record TrainingRate(
        double examplesPerSecond,
        double cpuSecondsPerMillion,
        double pausedShare,
        double cacheHitRate) {

    /** Of a loop that has neither checkpoints nor a cache. */
    static TrainingRate of(double examplesPerSecond, double cpuSecondsPerMillion) {
        return new TrainingRate(examplesPerSecond, cpuSecondsPerMillion, 0, 1);
    }
}
