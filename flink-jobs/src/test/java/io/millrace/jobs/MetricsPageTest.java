package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.model.loss.Objective;
import io.millrace.model.metric.MetricSet;
import java.lang.reflect.Field;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names on the page against those in the code; {@link TelemetryITCase} has the running jobs'. */
class MetricsPageTest {

    /** Not names of metrics themselves, but parts of such names. */
    private static final List<String> GROUPS = List.of(MetricNames.REASON, MetricNames.WINDOW);

    @Test
    void hasExactlyTheNamesInTheCode() throws Exception {
        assertThat(MetricsPage.read().own())
                .extracting(MetricsPage.Row::name)
                .containsExactlyInAnyOrderElementsOf(namesInTheCode());
    }

    private static List<String> namesInTheCode() throws IllegalAccessException {
        List<String> prequential =
                Stream.of(new Objective.Click(), new Objective.Rating(1, 5))
                        .flatMap(objective -> MetricSet.of(objective).names().stream())
                        .toList();
        Stream.Builder<String> names = Stream.builder();
        for (Field field : MetricNames.class.getFields()) {
            names.add((String) field.get(null));
        }
        return Stream.of(
                        names.build().filter(name -> !GROUPS.contains(name)),
                        Stream.of(MetricNames.REASON + "_" + MetricNames.DEAD_LETTERS),
                        prequential.stream(),
                        prequential.stream().map(name -> MetricNames.WINDOW + "_" + name))
                .flatMap(some -> some)
                .toList();
    }
}
