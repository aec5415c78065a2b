package io.millrace.jobs.cli.bench;

/** Ways to train the same model on the same kind of events. */
public enum TrainMode {
    /** A loop over prepared examples with all rows in memory, on the job's engine. */
    BARE("bare"),
    /**
     * The training job from examples on, without Kafka: checkpoints, versions and all. It makes its
     * examples while it runs, which the other modes do before.
     */
    NO_KAFKA("no-kafka"),
    /** The whole training job. */
    JOB("job"),
    /** A loop as {@link #BARE}, in Python with PyTorch's default build. */
    PYTORCH("pytorch");

    private final String label;

    TrainMode(String label) {
        this.label = label;
    }

    /** The name in options and results. */
    public String label() {
        return label;
    }

    @Override
    public String toString() {
        return label;
    }
}
