package io.millrace.jobs.backtest;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.History;
import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.stream.KeyGroup;
import io.millrace.model.stream.Profile;
import io.millrace.model.stream.StreamSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The profiles of a backtest's pipelines. Pipelines that read one table by the same field into the
 * same features share its rows. Others have rows of their own, as a record that one of them refuses
 * may be good for another; so none of them sees anything else than it would alone.
 *
 * @param rows in the order of the pipelines
 */
record BacktestProfiles(List<ModelSpec> models, List<Rows> rows) implements Serializable {

    private static final long serialVersionUID = 1L;

    BacktestProfiles {
        models = List.copyOf(models);
        rows = List.copyOf(rows);
    }

    /**
     * Rows of a profile.
     *
     * @param table what they are made of, as the history calls it
     * @param profile as the pipelines call it
     * @param features that read it
     * @param pipelines whose they are
     */
    record Rows(String table, Profile profile, List<FeatureSpec> features, List<Integer> pipelines)
            implements Serializable {

        private boolean areOf(String other, Profile read, List<FeatureSpec> into) {
            return table.equals(other) && profile.equals(read) && features.equals(into);
        }

        private Rows with(int pipeline) {
            List<Integer> all = new ArrayList<>(pipelines);
            all.add(pipeline);
            return new Rows(table, profile, features, List.copyOf(all));
        }

        /** Unlike that of any profile of a file, which has no dot in it. */
        private Profile own() {
            return new Profile(pipelines.get(0) + "." + profile.name(), profile.by());
        }

        /** The id of the rows' group. */
        String group() {
            return KeyGroup.profileId(own().name());
        }

        /** The group's id where a pipeline is alone. */
        private String usualGroup() {
            return KeyGroup.profileId(profile.name());
        }
    }

    static BacktestProfiles of(List<BacktestPipeline> pipelines, History history) {
        List<Rows> all = new ArrayList<>();
        for (int i = 0; i < pipelines.size(); i++) {
            PipelineConfig config = pipelines.get(i).config();
            for (Profile profile : config.model().stream().profiles()) {
                String table = history.table(config, profile.name());
                List<FeatureSpec> features = features(config.model(), profile);
                int alike = 0;
                while (alike < all.size() && !all.get(alike).areOf(table, profile, features)) {
                    alike++;
                }
                if (alike == all.size()) {
                    all.add(new Rows(table, profile, features, List.of(i)));
                } else {
                    all.set(alike, all.get(alike).with(i));
                }
            }
        }
        return new BacktestProfiles(
                pipelines.stream().map(pipeline -> pipeline.config().model()).toList(), all);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** All that is read. */
    Set<String> tables() {
        Set<String> tables = new TreeSet<>();
        rows.forEach(one -> tables.add(one.table()));
        return tables;
    }

    /** What each pipeline wants to know, its profiles under the names of their rows. */
    List<StreamSpec> streams() {
        List<StreamSpec> streams = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            streams.add(
                    new StreamSpec(
                            models.get(i).stream().features(),
                            of(i).stream().map(Rows::own).toList()));
        }
        return streams;
    }

    /** By the id that a group of profiles has where a pipeline is alone, its id here. */
    Map<String, String> groups(int pipeline) {
        Map<String, String> groups = new HashMap<>();
        of(pipeline).forEach(one -> groups.put(one.usualGroup(), one.group()));
        return groups;
    }

    private List<Rows> of(int pipeline) {
        return rows.stream().filter(one -> one.pipelines().contains(pipeline)).toList();
    }

    private static List<FeatureSpec> features(ModelSpec model, Profile profile) {
        StreamSpec only = new StreamSpec(List.of(), List.of(profile));
        return model.features().stream()
                .filter(FeatureSpec.OfField.class::isInstance)
                .filter(feature -> only.provides(((FeatureSpec.OfField) feature).field()))
                .toList();
    }
}
