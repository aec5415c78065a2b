package io.millrace.jobs.train;

import java.io.Serializable;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/** Which shard owns a parameter key: Flink's own assignment of keys to subtasks, without boxing. */
record ShardAssignment(int maxParallelism, int shards) implements Serializable {

    int shardOf(long key) {
        int keyGroup =
                KeyGroupRangeAssignment.computeKeyGroupForKeyHash(
                        Long.hashCode(key), maxParallelism);
        return KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(
                maxParallelism, shards, keyGroup);
    }
}
