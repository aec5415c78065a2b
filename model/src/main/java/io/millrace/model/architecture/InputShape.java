package io.millrace.model.architecture;

import io.millrace.model.feature.FeatureSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a network is fed.
 *
 * @param fields the F sparse features
 * @param numbers the dense features
 */
public record InputShape(List<Field> fields, List<Numbers> numbers) implements Serializable {

    /**
     * A sparse feature: what each of its values has learned.
     *
     * @param name of the feature
     * @param dimension D, of the embedding; 0 for none
     * @param weighted whether it has a weight of its own too, as in a linear model
     * @param crossed whether the feature is a cross of others
     */
    public record Field(String name, int dimension, boolean weighted, boolean crossed)
            implements Serializable {

        /** The same with a linear weight. */
        public Field withWeight() {
            return new Field(name, dimension, true, crossed);
        }

        /** The same without an embedding. */
        public Field withoutEmbedding() {
            return new Field(name, 0, weighted, crossed);
        }

        /** Learned numbers of a value: those of the embedding, then the linear weight. */
        public int width() {
            return dimension + (weighted ? 1 : 0);
        }
    }

    /**
     * A dense feature.
     *
     * @param name of the feature
     * @param width how many numbers it is
     */
    public record Numbers(String name, int width) implements Serializable {}

    public InputShape {
        fields = List.copyOf(fields);
        numbers = List.copyOf(numbers);
    }

    /**
     * What an architecture is fed with these features.
     *
     * @throws IllegalArgumentException when it has no use for one of them
     */
    public static InputShape of(List<FeatureSpec> features, Architecture architecture) {
        List<Field> fields = new ArrayList<>();
        List<Numbers> numbers = new ArrayList<>();
        for (FeatureSpec feature : features) {
            if (feature instanceof FeatureSpec.Sparse sparse) {
                fields.add(field(sparse, architecture));
            } else if (feature instanceof FeatureSpec.Dense dense) {
                numbers.add(new Numbers(dense.name(), dense.width()));
            }
        }
        return new InputShape(fields, numbers);
    }

    private static Field field(FeatureSpec.Sparse feature, Architecture architecture) {
        boolean crossed = feature instanceof FeatureSpec.Cross;
        Field declared = new Field(feature.name(), feature.dimension(), false, crossed);
        Field used = architecture.field(declared);
        if (used.width() == 0) {
            throw new IllegalArgumentException(
                    architecture.type()
                            + " has no use for the feature \""
                            + feature.name()
                            + "\"; leave it out, or name it under an option that uses it");
        }
        return used;
    }

    /** N, the count of all numbers. */
    public int numeric() {
        return numbers.stream().mapToInt(Numbers::width).sum();
    }

    /** Width of all embeddings side by side. */
    public int embeddingWidth() {
        return fields.stream().mapToInt(Field::dimension).sum();
    }

    /** How many fields have linear weights. */
    public int weights() {
        return (int) fields.stream().filter(Field::weighted).count();
    }

    /** Width of x0: all embeddings and numbers side by side. */
    public int width() {
        return embeddingWidth() + numeric();
    }

    /** The same without a sparse feature. */
    InputShape without(int field) {
        List<Field> others = new ArrayList<>(fields);
        others.remove(field);
        return new InputShape(others, numbers);
    }

    /** Where a field's embedding starts among all side by side. */
    int start(int field) {
        return fields.subList(0, field).stream().mapToInt(Field::dimension).sum();
    }

    /**
     * The position of the field of this name.
     *
     * @param user who asks for it, to be named in the error
     * @throws IllegalArgumentException when there is none
     */
    int indexOf(String name, String user) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException(
                user
                        + " names \""
                        + name
                        + "\", which is no sparse feature; there are "
                        + fields.stream().map(Field::name).toList());
    }

    /**
     * The one dimension that all embeddings have.
     *
     * @param user who needs them to be equal, to be named in the error
     * @throws IllegalArgumentException when they differ, or there are none
     */
    int commonDimension(String user) {
        List<Integer> dimensions = fields.stream().map(Field::dimension).toList();
        if (dimensions.stream().distinct().count() != 1) {
            throw new IllegalArgumentException(
                    dimensions.isEmpty()
                            ? user + " needs a sparse feature: declare one"
                            : user
                                    + " needs embeddings of one dimension, but they have "
                                    + dimensions
                                    + "; give every sparse feature the same");
        }
        return dimensions.get(0);
    }
}
