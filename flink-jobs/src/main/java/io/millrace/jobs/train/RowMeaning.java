package io.millrace.jobs.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What decides the meaning of parameter rows. State that was written under another meaning would be
 * read without complaint, and be wrong; so it goes into the checkpoint and is compared on restore.
 */
final class RowMeaning {

    private RowMeaning() {}

    /** By the section of the pipeline file that it stands in. Learning rates may change. */
    static Map<String, String> of(ModelSpec spec) {
        Map<String, String> meaning = ofWeights(spec);
        meaning.put("optimizers.embedding.type", spec.embeddingOptimizer().type());
        meaning.put("optimizers.dense.type", spec.denseOptimizer().type());
        return meaning;
    }

    /**
     * What decides the meaning of weights alone, which is all that a version carries. Which values
     * are admitted, and when they expire, is none of it: a row that has weights keeps them, and one
     * that is gone begins anew.
     */
    static Map<String, String> ofWeights(ModelSpec spec) {
        ObjectNode written = ModelSpecWriter.write(spec);
        Map<String, String> meaning = new TreeMap<>();
        written.get("features")
                .forEach(feature -> ((ObjectNode) feature).remove(List.of("min-count", "ttl")));
        meaning.put("features", written.get("features").toString());
        meaning.put("architecture", written.get("architecture").toString());
        meaning.put("seed", Long.toString(spec.seed()));
        return meaning;
    }

    /**
     * @throws IllegalStateException naming what differs, when the state cannot be used
     */
    static void requireSame(ModelSpec spec, Map<String, String> restored) {
        of(spec).forEach(
                        (section, now) -> {
                            String before = restored.get(section);
                            if (!now.equals(before)) {
                                throw new IllegalStateException(
                                        "the checkpoint of model "
                                                + spec.name()
                                                + " was made with other "
                                                + section
                                                + ": "
                                                + before
                                                + ", now "
                                                + now
                                                + "; its rows would be misread. Restore with the"
                                                + " pipeline file it was made with, or start anew"
                                                + " without a checkpoint");
                            }
                        });
    }
}
