package io.millrace.jobs.listing;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.feature.Draft;
import io.millrace.jobs.feature.DraftSerializer;
import io.millrace.jobs.feature.Drafts;
import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.feature.LabelledDraft;
import io.millrace.jobs.feature.LabelledDraftSerializer;
import io.millrace.jobs.feature.ProfileReader;
import io.millrace.jobs.feature.RatedReader;
import io.millrace.jobs.feature.StreamFeatures;
import io.millrace.jobs.label.ClickReader;
import io.millrace.jobs.label.ImpressionReader;
import io.millrace.jobs.label.LabelEvent;
import io.millrace.jobs.label.LabelEventSerializer;
import io.millrace.jobs.label.LabelJoin;
import io.millrace.jobs.label.LabelOutcome;
import io.millrace.jobs.label.LabelOutcomeSerializer;
import io.millrace.jobs.label.LabelSettings;
import io.millrace.jobs.label.RatingReader;
import io.millrace.jobs.source.EventReader;
import io.millrace.model.ModelSpec;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.codec.EventFormat;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The streams of a listing: lines of examples, of notes, and of what was rejected. */
public final class ListingGraph {

    private static final ListedExampleSerializer EXAMPLES = new ListedExampleSerializer();

    private final DataStream<String> examples;
    private final DataStream<String> notes;
    private final DataStream<String> rejected;

    private ListingGraph(
            DataStream<String> examples, DataStream<String> notes, DataStream<String> rejected) {
        this.examples = examples;
        this.notes = notes;
        this.rejected = rejected;
    }

    /** Adds the way from a file to lines. */
    public static ListingGraph of(
            StreamExecutionEnvironment env, PipelineConfig config, Path input) {
        DataStream<String> file = env.fromData(input.toString()).setParallelism(1);
        return config.model().objective() instanceof Objective.Rating rating
                ? ofRatings(file, config, rating)
                : ofClicks(file, config, (Objective.Click) config.model().objective());
    }

    /** Adds the files that the lines go to. */
    public void writeTo(ListedFiles files) {
        write(examples, "examples", files.examples());
        write(notes, "notes", files.notes());
        write(rejected, "rejected", files.rejected());
    }

    private static ListingGraph ofClicks(
            DataStream<String> file, PipelineConfig config, Objective.Click objective) {
        ModelSpec model = config.model();
        int maxBytes = config.events().maxBytes();
        boolean hasStream = !model.stream().isEmpty();
        SingleOutputStreamOperator<LabelEvent<Draft<ListedExample>>> events =
                read(
                        file,
                        LabelEventSerializer.type(DraftSerializer.of(EXAMPLES)),
                        new FileReaders<>(
                                new IdentifiedReader(
                                        new ImpressionReader<>(
                                                drafts(model), EventFormat.AVRO, maxBytes)),
                                new ClickReader<>(EventFormat.AVRO, maxBytes),
                                null,
                                profiles(config)),
                        config);
        LabelSettings settings =
                new LabelSettings(
                                config.labels(),
                                objective.negativeSampling(),
                                LabelSettings.AtEnd.NEGATIVE)
                        .tellingNotes();
        SingleOutputStreamOperator<LabelOutcome<Draft<ListedExample>>> outcomes =
                events.keyBy(LabelEvent::impressionId, Types.STRING)
                        .transform(
                                "label",
                                LabelOutcomeSerializer.type(DraftSerializer.of(EXAMPLES)),
                                LabelJoin.operator(
                                        hasStream ? settings.tellingShown() : settings,
                                        DraftSerializer.of(EXAMPLES)))
                        .setParallelism(1);
        DataStream<String> lines =
                hasStream
                        ? StreamFeatures.ofOutcomes(
                                        outcomes,
                                        List.of(events.getSideOutput(FileEvents.PROFILES)),
                                        config.labels(),
                                        settings(model))
                                .examples()
                                .process(ExampleLines.ofClicks(config.labels()), Types.STRING)
                                .setParallelism(1)
                        : outcomes.flatMap(new OutcomeLines(), Types.STRING).setParallelism(1);
        return new ListingGraph(
                lines,
                outcomes.getSideOutput(LabelJoin.NOTES)
                        .map(new NoteLines(), Types.STRING)
                        .setParallelism(1),
                events.getSideOutput(FileEvents.REJECTED));
    }

    private static ListingGraph ofRatings(
            DataStream<String> file, PipelineConfig config, Objective.Rating objective) {
        ModelSpec model = config.model();
        RatedReader<ListedExample> ratings =
                new RatedReader<>(
                        new NumberedReader(
                                new RatingReader<>(
                                        drafts(model),
                                        objective,
                                        EventFormat.AVRO,
                                        config.events().maxBytes())));
        SingleOutputStreamOperator<LabelledDraft<ListedExample>> events =
                read(
                        file,
                        LabelledDraftSerializer.type(EXAMPLES),
                        new FileReaders<>(null, null, ratings, profiles(config)),
                        config);
        DataStream<ListedExample> examples =
                model.stream().isEmpty()
                        ? events.map(rated -> rated.draft().example())
                                .returns(ListedExampleSerializer.TYPE)
                                .setParallelism(1)
                        : StreamFeatures.ofRatings(
                                        events,
                                        List.of(events.getSideOutput(FileEvents.PROFILES)),
                                        settings(model))
                                .examples();
        return new ListingGraph(
                examples.process(ExampleLines.ofRatings(), Types.STRING).setParallelism(1),
                // Only clicks are joined.
                events.getSideOutput(FileEvents.REJECTED).filter(line -> false).setParallelism(1),
                events.getSideOutput(FileEvents.REJECTED));
    }

    private static <T> SingleOutputStreamOperator<T> read(
            DataStream<String> file,
            TypeInformation<T> type,
            FileReaders<T> readers,
            PipelineConfig config) {
        PipelineConfig.Events events = config.events();
        return file.transform(
                        "read",
                        type,
                        new FileEvents<>(readers, events.outOfOrderness(), events.maxAhead()))
                .setParallelism(1);
    }

    private static Drafts<ListedExample> drafts(ModelSpec model) {
        return new Drafts<>(new ListedExamples(model), List.of(model.stream()));
    }

    private static Map<String, EventReader<FeatureEvent>> profiles(PipelineConfig config) {
        Map<String, EventReader<FeatureEvent>> profiles = new HashMap<>();
        config.model().stream()
                .profiles()
                .forEach(
                        profile ->
                                profiles.put(
                                        profile.name(),
                                        new ProfileReader(
                                                List.of(config.model()),
                                                profile.name(),
                                                EventFormat.AVRO,
                                                config.events().maxBytes())));
        return profiles;
    }

    private static StreamFeatures.Settings<ListedExample> settings(ModelSpec model) {
        return new StreamFeatures.Settings<>(
                model.name(),
                List.of(model.stream()),
                new ListedCompletion(model),
                ListedExampleSerializer.TYPE,
                EXAMPLES,
                false,
                1);
    }

    private static void write(DataStream<String> lines, String name, Path file) {
        lines.transform(name, Types.VOID, new LineFile(file)).setParallelism(1);
    }
}
