package io.millrace.jobs.train;

import io.millrace.model.example.Example;
import java.util.ArrayList;
import java.util.List;

/** Which frozen weights each example of a micro-batch is predicted with. */
final class FrozenChoice {

    /** Of a trainer none of whose syncs lags. */
    static final FrozenChoice NONE = new FrozenChoice(List.of(), new int[0][]);

    private final List<FrozenId> wanted;

    /** By series and example, an index into the wanted ones. */
    private final int[][] chosen;

    private FrozenChoice(List<FrozenId> wanted, int[][] chosen) {
        this.wanted = wanted;
        this.chosen = chosen;
    }

    /** Chooses by the examples' own event times. */
    static FrozenChoice of(List<Example> examples, List<ServingEpochs> epochs) {
        if (epochs.isEmpty()) {
            return NONE;
        }
        List<FrozenId> wanted = new ArrayList<>();
        int[][] chosen = new int[epochs.size()][examples.size()];
        for (int series = 0; series < chosen.length; series++) {
            int from = wanted.size();
            for (int b = 0; b < chosen[series].length; b++) {
                long epoch = epochs.get(series).at(examples.get(b).eventTime());
                int index = from;
                while (index < wanted.size() && wanted.get(index).epoch() != epoch) {
                    index++;
                }
                if (index == wanted.size()) {
                    wanted.add(new FrozenId(series, epoch));
                }
                chosen[series][b] = index;
            }
        }
        return new FrozenChoice(List.copyOf(wanted), chosen);
    }

    /** All frozen weights that some example needs. */
    List<FrozenId> wanted() {
        return wanted;
    }

    /**
     * Each example's prediction by the weights that served at its time.
     *
     * @param predictions [wanted][B], all examples by all wanted weights
     */
    float[] pick(int series, float[][] predictions) {
        float[] picked = new float[chosen[series].length];
        for (int b = 0; b < picked.length; b++) {
            picked[b] = predictions[chosen[series][b]][b];
        }
        return picked;
    }
}
