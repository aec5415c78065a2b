package io.millrace.jobs.movielens;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of users and items, by their numbers.
 *
 * @param users null when nothing is known of any
 */
record Catalog(
        @Nullable Map<Long, Map<String, Object>> users, Map<Long, Map<String, Object>> items) {

    boolean hasUser(long user) {
        return users == null || users.containsKey(user);
    }

    boolean hasItem(long item) {
        return items.containsKey(item);
    }

    Map<String, Object> features(long user, long item) {
        Map<String, Object> features = new HashMap<>(items.getOrDefault(item, Map.of()));
        if (users != null) {
            features.putAll(users.getOrDefault(user, Map.of()));
        }
        return features;
    }
}
