package io.millrace.jobs.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.label.ClickReader;
import io.millrace.jobs.label.LabelEvent;
import io.millrace.model.config.ConfigException;
import io.millrace.schemas.Click;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.OtherVersions;
import io.millrace.schemas.codec.Schemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of a later version of a schema, which the pipeline file names. */
class EventSchemasTest {

    private static final Origin ORIGIN = new Origin("clicks", 0, 1, -1);

    /** A field was added and another renamed. */
    private static final String NEXT =
            """
            {"type": "record", "name": "Click", "namespace": "io.millrace.schemas", "fields": [
              {"name": "page", "type": "string", "default": ""},
              {"name": "impression", "aliases": ["impressionId"], "type": "string"},
              {"name": "timestamp", "type": "long"}]}
            """;

    @TempDir Path directory;

    @Test
    void eventsAreReadByTheSchemaInTheFile() throws Exception {
        PipelineConfig.Events events = pipeline(NEXT, "avro").events();
        SourcedReader<LabelEvent<Object>> reader = reader(events.schemas());

        assertThat(reader.read(written(), ORIGIN))
                .isInstanceOfSatisfying(
                        Sourced.Event.class,
                        event -> {
                            assertThat(event.eventTime()).isEqualTo(5);
                            assertThat(((LabelEvent<?>) event.value()).impressionId())
                                    .isEqualTo("a");
                        });
    }

    @Test
    void withoutItTheyAreDeadLettersThatNameBothFingerprints() throws Exception {
        assertThat(reader(OtherVersions.NONE).read(written(), ORIGIN))
                .isInstanceOfSatisfying(
                        Sourced.Rejected.class,
                        rejected -> {
                            assertThat(rejected.letter().getReason()).isEqualTo("WRONG_SCHEMA");
                            assertThat(rejected.letter().getDetail())
                                    .contains(fingerprint(new Schema.Parser().parse(NEXT)))
                                    .contains(fingerprint(Click.getClassSchema()));
                        });
    }

    @Test
    void mistakesAreTold() {
        assertThatThrownBy(() -> pipeline("{}", "avro"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("events.schemas")
                .hasMessageContaining("click.avsc: expected a schema of Avro");
        assertThatThrownBy(() -> pipeline(NEXT, "json"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("events in JSON do not name their schema");
        assertThatThrownBy(
                        () ->
                                PipelineConfigReader.read(
                                        text("[" + directory.resolve("nowhere.avsc") + "]", "avro"),
                                        "p.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nowhere.avsc: there is no such file");
    }

    private static SourcedReader<LabelEvent<Object>> reader(OtherVersions schemas) {
        return new SourcedReader<>(
                new ClickReader<>(EventFormat.AVRO, 1000), Duration.ofHours(1), schemas.open(1000));
    }

    private PipelineConfig pipeline(String schema, String format) throws IOException {
        Path file = Files.writeString(directory.resolve("click.avsc"), schema);
        return PipelineConfigReader.read(text("[" + file + "]", format), "p.yaml");
    }

    private static String text(String schemas, String format) {
        return """
               model: clicks
               objective: {type: click}
               features:
                 user: {type: categorical, dimension: 4}
               architecture: {type: dcn-v2, cross-layers: 1}
               optimizers:
                 embedding: {type: sgd, learning-rate: 0.1}
                 dense: {type: sgd, learning-rate: 0.1}
               events: {format: %s, schemas: %s}
               """
                .formatted(format, schemas);
    }

    private static byte[] written() throws IOException {
        Schema next = new Schema.Parser().parse(NEXT);
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        new BinaryMessageEncoder<>(GenericData.get(), next)
                .encode(
                        new GenericRecordBuilder(next)
                                .set("page", "home")
                                .set("impression", "a")
                                .set("timestamp", 5L)
                                .build(),
                        payload);
        return payload.toByteArray();
    }

    private static String fingerprint(Schema schema) {
        return Schemas.hex(Schemas.fingerprint(schema));
    }
}
