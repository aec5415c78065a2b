package io.millrace.jobs.train;

import java.io.Serializable;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/** Which shard owns a parameter key: Flink's own assignment of keys to subtasks, without boxing. */
record ShardAssignment(int maxParallelism, int shards) implements Serializable {

    /** For each shard one of its keys, whether or not it is of a row. */
    long[] keyOfEachShard() {
        long[] keys = new long[shards];
        for (int shard = 0; shard < shards; shard++) {
            while (shardOf(keys[shard]) != shard) {
                keys[shard]++;
            }
        }
        return keys;
    }

    int shardOf(long key) {
        if (shards == 1) {
            return 0;
        }
        int keyGroup =
                KeyGroupRangeAssignment.computeKeyGroupForKeyHash(
                        Long.hashCode(key), maxParallelism);
        return KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(
                maxParallelism, shards, keyGroup);
    }
}
