package io.millrace.jobs.score;

import ai.djl.Device;
import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.telemetry.VersionAge;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.learn.DivergedException;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.score.Scored;
import io.millrace.model.score.Scorer;
import io.millrace.model.stream.FeatureTable;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionStorage;
import io.millrace.schemas.CandidateScore;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.ScoreStatus;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Answers score requests with the newest version of a model that is fit to serve. Starts with the
 * newest one in the version storage; announcements switch it. Every request that can be decoded
 * gets one answer.
 */
final class ScoreRequests extends BroadcastProcessFunction<ScoreRequest, ModelVersion, Score> {

    /**
     * Announcements are broadcast; there is nothing to keep of them, the storage has the versions.
     */
    static final MapStateDescriptor<String, Long> ANNOUNCED =
            new MapStateDescriptor<>("announced", Types.STRING, Types.LONG);

    /** More would make an answer, or a forward pass, that holds up all others. */
    static final int MAX_CANDIDATES = 10_000;

    /** Those that the histogram of latencies is of. */
    private static final int MEASURED_REQUESTS = 1000;

    private static final long serialVersionUID = 1L;

    // -- configuration

    private final String model;
    private final VersionDirectory directory;
    private final int torchThreads;
    private final @Nullable FeatureSource features;

    // -- runtime

    private transient @Nullable FeatureFollower follower;
    private transient FeatureTable table;
    private transient Scorer scorer;
    private transient VersionLoader loader;
    private transient Counter answered;
    private transient Counter unscored;
    private transient Histogram latency;

    /**
     * @param features where stream features and profiles come from; null for a model without
     */
    ScoreRequests(
            String model,
            VersionDirectory directory,
            int torchThreads,
            @Nullable FeatureSource features) {
        this.model = model;
        this.directory = directory;
        this.torchThreads = torchThreads;
        this.features = features;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        LogContext.enter(getRuntimeContext());
        TorchEngine.start(torchThreads);
        VersionStorage storage = directory.open();
        table = new FeatureTable();
        scorer = new Scorer(storage, model, Device.cpu(), table);
        loader = new VersionLoader(scorer, model);
        if (features != null) {
            follower = features.follow(model, table);
        }
        loadNewest(new VersionCatalog(storage, model).versions());
        register(getRuntimeContext().getMetricGroup());
    }

    private void register(MetricGroup metrics) {
        answered = metrics.counter(MetricNames.ANSWERED_REQUESTS);
        unscored = metrics.counter(MetricNames.UNSCORED_REQUESTS);
        latency =
                metrics.histogram(
                        MetricNames.SCORING_LATENCY,
                        new DescriptiveStatisticsHistogram(MEASURED_REQUESTS));
        metrics.counter(MetricNames.REFUSED_VERSIONS, loader.refused());
        if (follower != null) {
            metrics.gauge(MetricNames.FEATURE_ROWS, () -> table.size());
            metrics.counter(MetricNames.DAMAGED_FEATURE_ROWS, follower.damaged());
        }
        metrics.gauge(MetricNames.SERVED_VERSION, () -> scorer.version());
        metrics.gauge(
                MetricNames.SERVED_VERSION_AGE, () -> VersionAge.sinceCreation(scorer.manifest()));
        metrics.gauge(
                MetricNames.SERVED_FRESHNESS, () -> VersionAge.sinceWatermark(scorer.manifest()));
    }

    @Override
    public void processElement(
            ScoreRequest request, ReadOnlyContext context, Collector<Score> out) {
        if (follower != null) {
            follower.requireFollowing();
        }
        Score answer = answer(request);
        out.collect(answer);
        answered.inc();
        if (answer.getStatus() != ScoreStatus.SCORED) {
            unscored.inc();
        }
        Long arrival = context.timestamp();
        if (arrival != null && arrival >= 0) {
            latency.update(System.currentTimeMillis() - arrival);
        }
    }

    @Override
    public void processBroadcastElement(
            ModelVersion announced, Context context, Collector<Score> out) throws Exception {
        if (!announced.getModel().equals(model)) {
            return;
        }
        Long serving = scorer.version();
        if (serving == null || announced.getVersion() > serving) {
            loader.want(announced.getVersion());
        }
    }

    @Override
    public void close() throws Exception {
        try (FeatureFollower followed = follower;
                Scorer served = scorer;
                VersionLoader loading = loader) {
            super.close();
        }
    }

    /** Falls back to older versions until one can be served. */
    private void loadNewest(List<Long> versions) {
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (loader.load(versions.get(i))) {
                return;
            }
        }
    }

    private Score answer(ScoreRequest request) {
        if (scorer.version() == null) {
            return unscored(
                    request,
                    ScoreStatus.NO_VERSION,
                    "model " + model + " has no version yet that can be served");
        }
        if (request.getCandidates().size() > MAX_CANDIDATES) {
            return unscored(
                    request,
                    ScoreStatus.INVALID,
                    "the request has "
                            + request.getCandidates().size()
                            + " candidates; expected at most "
                            + MAX_CANDIDATES);
        }
        try {
            return scored(request, scorer.score(request));
        } catch (InvalidEventException | DivergedException e) {
            return unscored(request, ScoreStatus.INVALID, e.getMessage());
        }
    }

    private Score scored(ScoreRequest request, Scored made) {
        List<CandidateScore> scores = new ArrayList<>(made.scores().length);
        for (int i = 0; i < made.scores().length; i++) {
            scores.add(
                    new CandidateScore(
                            request.getCandidates().get(i).getItem(), (double) made.scores()[i]));
        }
        return new Score(
                request.getRequestId(),
                System.currentTimeMillis(),
                model,
                ScoreStatus.SCORED,
                made.version(),
                scores,
                null);
    }

    private Score unscored(ScoreRequest request, ScoreStatus status, @Nullable String reason) {
        return new Score(
                request.getRequestId(),
                System.currentTimeMillis(),
                model,
                status,
                null,
                List.of(),
                reason);
    }
}
