package io.millrace.jobs.train;

import io.millrace.jobs.version.VersionStorageFactory;
import io.millrace.model.ModelSpec;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionChain;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;

/**
 * A published version whose weights a job starts with. Optimizers start anew: versions do not carry
 * their state.
 *
 * @param model its name in the storage
 */
public record StartVersion(VersionStorageFactory storage, String model, long version)
        implements Serializable {

    /**
     * Looks whether a job may start with it, without reading its rows: there is a manifest, with
     * all that it builds on, of the same features, architecture, seed and share of negatives.
     *
     * @throws IllegalStateException a sentence that says why not
     */
    public void requireFit(ModelSpec spec) {
        try {
            var unused = chain(spec);
        } catch (IOException unreadable) {
            throw unfit(unreadable);
        }
    }

    /** What to read for it. */
    VersionChain chain(ModelSpec spec) throws IOException {
        VersionChain chain = new VersionCatalog(storage.open(), model).chain(version);
        Map<String, String> before = RowMeaning.ofWeights(chain.manifest().modelSpec());
        String difference = RowMeaning.difference(RowMeaning.ofWeights(spec), before);
        if (difference != null) {
            throw new IllegalStateException(
                    sentence()
                            + "it was trained with other "
                            + difference
                            + "; its weights would be misread. Take a version of the same features,"
                            + " architecture, seed and negative-sampling, or start with none");
        }
        return chain;
    }

    IllegalStateException unfit(IOException why) {
        return new IllegalStateException(sentence() + why.getMessage(), why);
    }

    private String sentence() {
        return "training cannot start with version " + version + " of model " + model + ": ";
    }
}
