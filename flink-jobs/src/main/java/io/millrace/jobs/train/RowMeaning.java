package io.millrace.jobs.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.loss.Objective;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What decides the meaning of parameter rows. State that was written under another meaning would be
 * read without complaint, and be wrong; so it goes into the checkpoint and is compared on restore.
 */
final class RowMeaning {

    private static final String NEGATIVE_SAMPLING = "objective.negative-sampling";

    /** Sections that are left out where they say this, as before there was another value. */
    private static final Map<String, String> DEFAULTS = Map.of(NEGATIVE_SAMPLING, "1");

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
        // A logit is of the stream that is learned: with fewer negatives it is another one.
        if (spec.objective() instanceof Objective.Click click && click.negativeSampling() != 1) {
            meaning.put(NEGATIVE_SAMPLING, Double.toString(click.negativeSampling()));
        }
        return meaning;
    }

    /**
     * The first section that differs, in words such as {@code seed: 1, now 2}; null when none does.
     *
     * @param before may hold more than sections
     */
    static @Nullable String difference(Map<String, String> now, Map<String, String> before) {
        Set<String> sections = new TreeSet<>(now.keySet());
        sections.addAll(DEFAULTS.keySet());
        for (String section : sections) {
            String here = in(now, section);
            String there = in(before, section);
            if (!Objects.equals(here, there)) {
                return section + ": " + there + ", now " + here;
            }
        }
        return null;
    }

    private static @Nullable String in(Map<String, String> meaning, String section) {
        String value = meaning.get(section);
        return value == null ? DEFAULTS.get(section) : value;
    }

    /**
     * @throws IllegalStateException naming what differs, when the state cannot be used
     */
    static void requireSame(ModelSpec spec, Map<String, String> restored) {
        String difference = difference(of(spec), restored);
        if (difference != null) {
            throw new IllegalStateException(
                    "the checkpoint of model "
                            + spec.name()
                            + " was made with other "
                            + difference
                            + "; its rows would be misread. Restore with the pipeline file it was"
                            + " made with, or start anew without a checkpoint");
        }
    }
}
