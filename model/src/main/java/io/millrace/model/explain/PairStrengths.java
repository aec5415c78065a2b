package io.millrace.model.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How strongly a network ties features together, two at a time: a matrix a layer, [F, F]. Row i,
 * column j is what feature i takes from feature j, which need not be what j takes from i. It is NaN
 * where the network has no such pair.
 *
 * @param names of the F features, in the order of rows and columns
 * @param layers at least one
 */
public record PairStrengths(List<String> names, List<Layer> layers) {

    /**
     * One picture.
     *
     * @param name of the layer
     * @param strengths [F, F]
     */
    @SuppressWarnings("ArrayRecordComponent") // A matrix; read it only.
    public record Layer(String name, double[][] strengths) {

        private Layer of(int[] features) {
            return new Layer(
                    name,
                    Arrays.stream(features)
                            .mapToObj(
                                    i -> Arrays.stream(features).mapToDouble(j -> strengths[i][j]))
                            .map(DoubleStream::toArray)
                            .toArray(double[][]::new));
        }
    }

    /**
     * Two features; of {@code first} with itself when they are the same.
     *
     * @param strength mean of both directions
     */
    public record Pair(String first, String second, double strength) {

        public boolean isSelf() {
            return first.equals(second);
        }
    }

    public PairStrengths {
        names = List.copyOf(names);
        layers = List.copyOf(layers);
        int size = names.size();
        for (Layer layer : layers) {
            if (layer.strengths.length != size
                    || Arrays.stream(layer.strengths).anyMatch(row -> row.length != size)) {
                throw new IllegalArgumentException(
                        "the strengths of " + layer.name + " are not " + size + " x " + size);
            }
        }
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("there is no layer with strengths");
        }
    }

    /** The mean of all layers, [F, F]. */
    public double[][] mean() {
        double[][] mean = new double[names.size()][names.size()];
        for (Layer layer : layers) {
            for (int i = 0; i < mean.length; i++) {
                for (int j = 0; j < mean.length; j++) {
                    mean[i][j] += layer.strengths[i][j] / layers.size();
                }
            }
        }
        return mean;
    }

    /** All pairs by the mean of all layers, strongest first; features with themselves included. */
    public List<Pair> pairs() {
        double[][] mean = mean();
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < mean.length; i++) {
            for (int j = i; j < mean.length; j++) {
                double strength = (mean[i][j] + mean[j][i]) / 2;
                if (!Double.isNaN(strength)) {
                    pairs.add(new Pair(names.get(i), names.get(j), strength));
                }
            }
        }
        pairs.sort(Comparator.comparingDouble(Pair::strength).reversed());
        return List.copyOf(pairs);
    }

    /** The pairs of two different features, strongest first. */
    public List<Pair> crosses() {
        return pairs().stream().filter(pair -> !pair.isSelf()).toList();
    }

    /** The same for at most so many features, those with the strongest crosses, in their order. */
    public PairStrengths ofFeatures(int most) {
        Set<String> kept = new LinkedHashSet<>();
        for (Pair cross : crosses()) {
            if (kept.size() + 2 > most) {
                break;
            }
            kept.add(cross.first());
            kept.add(cross.second());
        }
        if (names.size() <= most || kept.isEmpty()) {
            return this;
        }
        int[] at =
                IntStream.range(0, names.size()).filter(i -> kept.contains(names.get(i))).toArray();
        return new PairStrengths(
                Arrays.stream(at).mapToObj(names::get).toList(),
                layers.stream().map(layer -> layer.of(at)).toList());
    }

    /** The strengths of all layers that are there, in no order. */
    public double[] values() {
        return layers.stream()
                .flatMap(layer -> Stream.of(layer.strengths))
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .toArray();
    }
}
