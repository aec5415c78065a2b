package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardAssignmentTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "128, 1", "128, 3", "128, 128", "32768, 100"})
    void eachShardHasAKey(int maxParallelism, int shards) {
        ShardAssignment assignment = new ShardAssignment(maxParallelism, shards);
        long[] keys = assignment.keyOfEachShard();
        assertThat(keys).hasSize(shards);
        for (int shard = 0; shard < shards; shard++) {
            assertThat(assignment.shardOf(keys[shard])).isEqualTo(shard);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "128, 1", "128, 2", "128, 3", "128, 128", "4096, 7", "32768, 100"})
    void itIsFlinksOwn(int maxParallelism, int shards) {
        ShardAssignment assignment = new ShardAssignment(maxParallelism, shards);
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            long key = random.nextLong();
            assertThat(assignment.shardOf(key))
                    .isEqualTo(
                            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                    (Long) key, maxParallelism, shards));
        }
    }
}
