package io.millrace.jobs;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends score requests and waits for their answers. */
final class ScoreClient implements AutoCloseable {

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final TopicReader<Score> scores;
    private final EventCodec<ScoreRequest> codec =
            EventCodec.of(ScoreRequest.class, EventFormat.AVRO);
    private final List<Score> answers = new ArrayList<>();

    ScoreClient(TestKafka kafka, PipelineConfig config) {
        topic = config.topics().scoreRequests();
        producer = TestRatings.producer(kafka);
        scores = new TopicReader<>(kafka, config.topics().scores(), Score.class);
    }

    Score ask(ScoreRequest request) throws Exception {
        return askAll(List.of(request)).get(0);
    }

    /** Sends all, then waits for all answers; they are in the order of the requests. */
    List<Score> askAll(List<ScoreRequest> requests) throws Exception {
        for (ScoreRequest request : requests) {
            send(codec.encode(request));
        }
        List<Score> asked = new ArrayList<>();
        for (ScoreRequest request : requests) {
            Await.until("the answer to " + request.getRequestId(), () -> isAnswered(request));
            asked.add(
                    answers.stream()
                            .filter(score -> score.getRequestId().equals(request.getRequestId()))
                            .findFirst()
                            .orElseThrow());
        }
        return asked;
    }

    /** Sends bytes that are no request. */
    void send(byte[] payload) {
        producer.send(new ProducerRecord<>(topic, payload));
    }

    /** All answers that have been received. */
    List<Score> answers() {
        return List.copyOf(answers);
    }

    @Override
    public void close() {
        producer.close();
        scores.close();
    }

    private boolean isAnswered(ScoreRequest request) throws Exception {
        if (holdsAnswer(request)) {
            return true;
        }
        answers.addAll(scores.next());
        return holdsAnswer(request);
    }

    private boolean holdsAnswer(ScoreRequest request) {
        return answers.stream()
                .anyMatch(score -> score.getRequestId().equals(request.getRequestId()));
    }
}
