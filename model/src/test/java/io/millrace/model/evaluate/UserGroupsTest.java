package io.millrace.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class UserGroupsTest {

    @Test
    void eachUserOfAWindowIsOneGroup() {
        Random random = new Random(1);
        int examples = 20_000;
        long[] times = new long[examples];
        long[] users = new long[examples];
        for (int i = 0; i < examples; i++) {
            times[i] = random.nextInt(random.nextBoolean() ? 100 : 10_000);
            users[i] = (long) random.nextInt(300) << 32;
        }
        Windows windows =
                Windows.of(times, new EvaluationSettings(50, Duration.ofMillis(100), 1, 1));

        UserGroups groups = UserGroups.of(windows, users);

        Set<String> keys = new HashSet<>();
        Set<Integer> seen = new HashSet<>();
        for (int group = 0; group < groups.count(); group++) {
            assertThat(groups.end(group) - groups.start(group)).isBetween(1, groups.largest());
            int first = groups.example(groups.start(group));
            assertThat(keys.add(windows.of(first) + " " + users[first])).isTrue();
            for (int place = groups.start(group); place < groups.end(group); place++) {
                int example = groups.example(place);
                assertThat(seen.add(example)).isTrue();
                assertThat(windows.of(example)).isEqualTo(windows.of(first)).isNotNegative();
                assertThat(users[example]).isEqualTo(users[first]);
            }
        }
        for (int i = 0; i < examples; i++) {
            assertThat(seen.contains(i)).isEqualTo(times[i] >= 50);
        }
    }
}
