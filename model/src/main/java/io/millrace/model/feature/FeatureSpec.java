package io.millrace.model.feature;

import java.io.Serializable;
import java.util.List;

/**
 * A declared feature. Sparse features own a parameter slot and an embedding of a given dimension;
 * numeric ones enter the network as numbers.
 */
public sealed interface FeatureSpec extends Serializable {

    /** Unique in the model. */
    String name();

    /** The same features, each with an open vocabulary: what decides the meaning of their rows. */
    static List<FeatureSpec> withOpenVocabularies(List<FeatureSpec> features) {
        return features.stream().map(FeatureSpec::withOpenVocabulary).toList();
    }

    private static FeatureSpec withOpenVocabulary(FeatureSpec feature) {
        if (feature instanceof Categorical one) {
            return new Categorical(one.name, one.field, one.dimension);
        } else if (feature instanceof CategoricalList list) {
            return new CategoricalList(
                    list.name, list.field, list.dimension, list.pooling, list.maxLength);
        } else if (feature instanceof Cross cross) {
            return new Cross(cross.name, cross.of, cross.dimension);
        }
        return feature;
    }

    /** A feature that is read from one field of an event. */
    sealed interface OfField extends FeatureSpec {
        /** {@code user}, {@code item}, {@code timestamp}, or a key of the feature map. */
        String field();
    }

    /** A feature whose values are looked up as parameter rows. */
    sealed interface Sparse extends FeatureSpec {
        /** D, the number of weights in a row. */
        int dimension();

        /** Which of its values have rows of their own. */
        default Vocabulary vocabulary() {
            return Vocabulary.OPEN;
        }
    }

    /** A feature that enters the network as {@link #width()} numbers. */
    sealed interface Dense extends OfField {
        /** How many numbers it contributes. */
        int width();
    }

    /** One value (text, whole number or boolean); a missing one has a row of its own. */
    record Categorical(String name, String field, int dimension, Vocabulary vocabulary)
            implements Sparse, OfField {

        /** With an open vocabulary. */
        public Categorical(String name, String field, int dimension) {
            this(name, field, dimension, Vocabulary.OPEN);
        }
    }

    /** Any number of values, pooled into one embedding; an empty list pools the missing row. */
    record CategoricalList(
            String name,
            String field,
            int dimension,
            Pooling pooling,
            int maxLength,
            Vocabulary vocabulary)
            implements Sparse, OfField {

        /** With an open vocabulary. */
        public CategoricalList(
                String name, String field, int dimension, Pooling pooling, int maxLength) {
            this(name, field, dimension, pooling, maxLength, Vocabulary.OPEN);
        }
    }

    /**
     * A number cut into intervals at {@code boundaries} (ascending); value v falls right of b when
     * v >= b.
     */
    record Bucketized(String name, String field, int dimension, List<Double> boundaries)
            implements Sparse, OfField {
        public Bucketized {
            boundaries = List.copyOf(boundaries);
        }
    }

    /**
     * Two or three features at once: each combination of their values is a value of its own, as the
     * cross-product transformation of Cheng et al., "Wide &amp; Deep Learning for Recommender
     * Systems", 2016, eq. 1. It misses when one of them does.
     *
     * @param of names of {@link Categorical} and {@link Bucketized} features, in an order that
     *     counts
     */
    record Cross(String name, List<String> of, int dimension, Vocabulary vocabulary)
            implements Sparse {

        public Cross {
            of = List.copyOf(of);
        }

        /** With an open vocabulary. */
        public Cross(String name, List<String> of, int dimension) {
            this(name, of, dimension, Vocabulary.OPEN);
        }
    }

    /**
     * A number after, in this order: {@code log} (sign(x) ln(1 + |x|)), clip to [{@code min},
     * {@code max}], and (x - {@code mean}) / {@code deviation}. A missing value becomes 0 after all
     * of these.
     *
     * @param running whether mean and deviation are those of the values seen so far, which are kept
     *     in a parameter row; {@code mean} and {@code deviation} are then 0 and 1
     */
    record Numeric(
            String name,
            String field,
            boolean log,
            double min,
            double max,
            double mean,
            double deviation,
            boolean running)
            implements Dense {

        /** With a mean and a deviation that are known. */
        public Numeric(
                String name,
                String field,
                boolean log,
                double min,
                double max,
                double mean,
                double deviation) {
            this(name, field, log, min, max, mean, deviation, false);
        }

        @Override
        public int width() {
            return 1;
        }
    }

    /**
     * A time (the event's own when the field is {@code timestamp}) as sine and cosine of its phase.
     */
    record Cyclic(String name, String field, Period period) implements Dense {
        @Override
        public int width() {
            return 2;
        }
    }

    /** How a list's embeddings become one. */
    enum Pooling {
        SUM,
        MEAN
    }

    /** The cycle of a {@link Cyclic} feature, in UTC. */
    enum Period {
        HOUR,
        DAY,
        WEEK
    }
}
