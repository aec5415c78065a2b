package io.millrace.jobs.cli.bench;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.RequestExamples;
import io.millrace.model.score.Scorer;
import io.millrace.model.version.VersionStorage;
import io.millrace.schemas.ScoreRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Measures a scorer and bare forward passes, in turns, on the same requests, called by one thread.
 */
final class ScorerAlone {

    private static final int TURNS = 10;

    private final ModelSpec spec;
    private final Workload workload;
    private final List<ScoreRequest> requests;
    private final ScoreBenchSettings settings;

    ScorerAlone(
            ModelSpec spec,
            Workload workload,
            List<ScoreRequest> requests,
            ScoreBenchSettings settings) {
        this.spec = spec;
        this.workload = workload;
        this.requests = requests;
        this.settings = settings;
    }

    /** Measures with the workload's versions, base and delta, in {@code storage}. */
    ScorerRate measure(VersionStorage storage) throws InvalidEventException {
        TorchEngine.start(settings.threads());
        RequestExamples reading = new RequestExamples(spec);
        List<List<Example>> examples = new ArrayList<>();
        for (ScoreRequest request : requests) {
            examples.add(reading.of(request));
        }
        try (Scorer scorer = new Scorer(storage, spec.name(), Device.cpu());
                BareForward bare =
                        new BareForward(spec, WorkloadVersion.rows(spec, workload), examples)) {
            load(scorer, WorkloadVersion.BASE);
            load(scorer, WorkloadVersion.DELTA);
            return measure(
                    bare::logitsOfRows,
                    bare::logits,
                    request -> scorer.score(examples.get(request)),
                    request -> score(scorer, request));
        }
    }

    private static void load(Scorer scorer, long version) {
        if (scorer.load(version) instanceof LoadOutcome.Refused refused) {
            throw new IllegalStateException(refused.reason());
        }
    }

    private ScorerRate measure(IntConsumer... answers) {
        double warmUp = settings.warmUp().toNanos() * 1e-9;
        double turn = settings.window().toNanos() * 1e-9 / TURNS;
        List<Rounds> rounds = Arrays.stream(answers).map(Rounds::new).toList();
        for (Rounds each : rounds) {
            each.run(warmUp);
            each.reset();
        }
        for (int i = 0; i < TURNS; i++) {
            rounds.forEach(each -> each.run(turn));
        }
        return new ScorerRate(
                rounds.get(0).candidatesPerSecond(),
                rounds.get(1).candidatesPerSecond(),
                rounds.get(2).candidatesPerSecond(),
                rounds.get(3).candidatesPerSecond());
    }

    private void score(Scorer scorer, int request) {
        try {
            var unused = scorer.score(requests.get(request));
        } catch (InvalidEventException e) {
            throw new IllegalStateException("the workload does not fit its own model", e);
        }
    }

    /** Goes round the requests. */
    private final class Rounds {

        private final IntConsumer answer;
        private int next;
        private long answered;
        private double seconds;

        Rounds(IntConsumer answer) {
            this.answer = answer;
        }

        void run(double duration) {
            Clock clock = new Clock();
            double passed = 0;
            while (passed < duration) {
                answer.accept(next);
                next = (next + 1) % requests.size();
                answered++;
                passed = clock.seconds();
            }
            seconds += passed;
        }

        void reset() {
            answered = 0;
            seconds = 0;
        }

        double candidatesPerSecond() {
            return answered * settings.candidates() / seconds;
        }
    }
}
