package io.millrace.model.stream;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field that is computed from the events before an example, in the order of event time, for each
 * value of a key.
 */
public sealed interface StreamFeature extends Serializable {

    /** The field's name; unique among stream features. */
    String name();

    /**
     * The fields of an event whose values are the key: {@code user}, {@code item}, or keys of the
     * feature map. One of them may be a list: then each element makes a key, and the field's value
     * is the mean over them.
     */
    List<String> by();

    /** How many events there were. */
    record Count(String name, List<String> by, Occasion of) implements StreamFeature {
        public Count {
            by = List.copyOf(by);
        }
    }

    /** How many events there were, each of which counts half as much after every half-life. */
    record DecayedCount(String name, List<String> by, Occasion of, Duration halfLife)
            implements StreamFeature {
        public DecayedCount {
            by = List.copyOf(by);
        }
    }

    /**
     * The mean label (1 for a click, 0 for none; the rating), drawn towards a prior while there are
     * few: (sum + strength prior) / (count + strength).
     *
     * @param prior the prior; has no meaning when {@code priorOf} is given
     * @param priorOf the mean feature whose value at the same instant is the prior, or null
     * @param strength how many labels the prior is worth
     * @param halfLife after which a label counts half as much, or null
     */
    record Mean(
            String name,
            List<String> by,
            double prior,
            @Nullable String priorOf,
            double strength,
            @Nullable Duration halfLife)
            implements StreamFeature {
        public Mean {
            by = List.copyOf(by);
        }
    }

    /** Seconds since the last event; missing before the first. */
    record SinceLast(String name, List<String> by, Occasion of) implements StreamFeature {
        public SinceLast {
            by = List.copyOf(by);
        }
    }

    /**
     * The values of a field in the last events, the newest last.
     *
     * @param field the field: {@code user}, {@code item}, or a key of the feature map
     * @param length how many at most
     */
    record Last(String name, List<String> by, Occasion of, String field, int length)
            implements StreamFeature {
        public Last {
            by = List.copyOf(by);
        }
    }

    /** What can happen to a key. */
    enum Occasion {
        IMPRESSION,
        CLICK,
        RATING
    }
}
