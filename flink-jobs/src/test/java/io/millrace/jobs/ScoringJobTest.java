package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import java.lang.reflect.Method;
import java.util.Properties;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.SinkTransformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoringJobTest {

    @ParameterizedTest
    @CsvSource({"{}, 0", "'{linger.ms: 7}', 7"})
    void scoresDoNotWaitForOthersUnlessThePipelineSaysSo(String properties, String linger)
            throws Exception {
        assertThat(producerOf("scores", properties))
                .containsEntry("bootstrap.servers", "a:1")
                .containsEntry("linger.ms", linger);
    }

    @Test
    void deadLettersMayWaitForOthers() throws Exception {
        assertThat(producerOf("dead letters", "{}")).doesNotContainKey("linger.ms");
    }

    private static Properties producerOf(String sink, String properties) throws Exception {
        PipelineConfig config =
                PipelineConfigReader.read(
                        """
                        model: test
                        kafka: {bootstrap-servers: "a:1", properties: %s}
                        objective: {type: click}
                        features: {user: {type: categorical, dimension: 4}}
                        architecture: {type: dcn-v2}
                        optimizers:
                          embedding: {type: adagrad}
                          dense: {type: adagrad}
                        """
                                .formatted(properties),
                        "the test's pipeline");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        new ScoringJob(config).build(env);
        return env.getTransformations().stream()
                .filter(SinkTransformation.class::isInstance)
                .filter(each -> each.getName().equals(sink))
                .map(each -> ((SinkTransformation<?, ?>) each).getSink())
                .map(each -> producer((KafkaSink<?>) each))
                .findFirst()
                .orElseThrow();
    }

    /** What the sink gives to its producer, which it does not show. */
    private static Properties producer(KafkaSink<?> sink) {
        try {
            Method method = KafkaSink.class.getDeclaredMethod("getKafkaProducerConfig");
            method.setAccessible(true);
            return (Properties) method.invoke(sink);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
