package io.millrace.model.evaluate;

/** Sums and numbers of examples by group: by window, by what is drawn together, by slice. */
final class Tallies {

    private final Measures measures;
    private final int bins;
    private final int stride;
    private final double[] sums;
    private final long[] examples;

    Tallies(Measures measures, int groups, int bins) {
        this.measures = measures;
        this.bins = bins;
        this.stride = measures.sums(bins);
        this.sums = new double[groups * stride];
        this.examples = new long[groups];
    }

    int groups() {
        return examples.length;
    }

    /** Fine bins of predictions that each vector tells apart. */
    int bins() {
        return bins;
    }

    /** All vectors, one after the other. */
    double[] sums() {
        return sums;
    }

    /** Length of a vector. */
    int stride() {
        return stride;
    }

    /** Where a group's vector begins in {@link #sums}. */
    int at(int group) {
        return group * stride;
    }

    long examples(int group) {
        return examples[group];
    }

    /**
     * @param terms of {@link Measures#terms(double, double, double, double[])}
     */
    void add(
            int group,
            double[] terms,
            double label,
            double prediction,
            double weight,
            int coarse,
            int bin) {
        examples[group]++;
        int at = group * stride;
        for (int i = 0; i < terms.length; i++) {
            sums[at + i] += terms[i];
        }
        measures.addToBins(sums, at, label, prediction, weight, coarse, bin, bins);
    }

    /** Metric values of a group; a new array. */
    double[] values(int group) {
        double[] values = new double[measures.names().size()];
        measures.values(sums, group * stride, bins, values);
        return values;
    }

    /** The groups that have an example, in their order. */
    Tallies filled() {
        int filled = 0;
        for (long count : examples) {
            filled += count > 0 ? 1 : 0;
        }
        Tallies packed = new Tallies(measures, filled, bins);
        int next = 0;
        for (int group = 0; group < examples.length; group++) {
            if (examples[group] > 0) {
                packed.examples[next] = examples[group];
                System.arraycopy(sums, at(group), packed.sums, next * stride, stride);
                next++;
            }
        }
        return packed;
    }

    /** One group that is the sum of all. */
    Tallies total() {
        Tallies total = new Tallies(measures, 1, bins);
        for (int group = 0; group < examples.length; group++) {
            total.examples[0] += examples[group];
            for (int i = 0; i < stride; i++) {
                total.sums[i] += sums[group * stride + i];
            }
        }
        return total;
    }

    /** The same groups with room for other bins, which are empty. */
    Tallies inBins(int others) {
        Tallies tallies = new Tallies(measures, groups(), others);
        for (int group = 0; group < examples.length; group++) {
            tallies.examples[group] = examples[group];
            System.arraycopy(sums, at(group), tallies.sums, tallies.at(group), measures.unbinned());
        }
        return tallies;
    }
}
