package io.millrace.jobs.cli.bench;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.model.loss.Objective;

/** What a benchmark's events are on their way through Kafka. */
public enum Feed {
    /** Each event carries its label. */
    RATINGS(new Objective.Rating(0, 1)),
    /** Impressions and clicks, joined by the job: one of four impressions is clicked. */
    CLICKS(new Objective.Click());

    private final Objective objective;

    Feed(Objective objective) {
        this.objective = objective;
    }

    Objective objective() {
        return objective;
    }

    /** Writes events {@code [from, to)} to the pipeline's topics. */
    void write(Workload workload, long from, long to, PipelineConfig config) {
        try (EventProducer producer = new EventProducer(config)) {
            for (long number = from; number < to; number++) {
                write(workload, number, config.topics(), producer);
            }
        }
    }

    private void write(
            Workload workload, long number, PipelineConfig.Topics topics, EventProducer producer) {
        String key = Workload.impressionId(number);
        if (this == RATINGS) {
            producer.send(topics.ratings(), key, workload.rating(number));
            return;
        }
        producer.send(topics.impressions(), key, workload.impression(number));
        if (workload.isClicked(number)) {
            producer.send(topics.clicks(), key, workload.click(number));
        }
    }
}
