package io.millrace.jobs.kill;

/** Where in the protocol of a checkpoint and its version the job is killed. */
public enum KillPlace {
    FORWARD("trainer, forward pass"),
    UPDATE("shard, row update"),
    DRAIN("trainer, drain before a barrier"),
    BEFORE_PART("shard, at a barrier, before its part"),
    PART("shard, half a part written"),
    BARRIER_PASSED("barrier passed, checkpoint incomplete"),
    COMPLETE("checkpoint complete, no manifest"),
    MANIFEST("manifest written, not announced"),
    ANNOUNCED("announced"),
    TASK_MANAGER("task manager dies");

    private final String words;

    KillPlace(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
