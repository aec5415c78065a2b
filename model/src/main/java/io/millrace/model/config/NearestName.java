package io.millrace.model.config;

import java.util.Collection;
import java.util.Optional;

/** The name that was probably meant: the nearest by Levenshtein distance, if it is near. */
final class NearestName {

    private NearestName() {}

    static Optional<String> of(String name, Collection<String> candidates) {
        Optional<String> nearest = Optional.empty();
        int least = Math.max(2, Math.min(name.length(), 30) / 3) + 1;
        for (String candidate : candidates) {
            int distance = distance(name, candidate);
            if (distance < least) {
                least = distance;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substituted, 1 + Math.min(previous[j], current[j - 1]));
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
