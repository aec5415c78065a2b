package io.millrace.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.source.Sourced;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.stream.StreamUpdate;
import io.millrace.schemas.Profile;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileReaderTest {

    private static final Origin ORIGIN = new Origin("users", 2, 31, 1_000);
    private static final ModelSpec MODEL =
            ModelSpecReader.read(
                    ConfigNode.parse(
                            """
                            model: test
                            objective: {type: click}
                            profiles:
                              users: {by: user}
                            features:
                              user: {type: categorical, dimension: 4}
                              age: {type: numeric, field: users.age}
                            architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                            optimizers:
                              embedding: {type: adagrad, learning-rate: 0.1}
                              dense: {type: adagrad, learning-rate: 0.02}
                            """,
                            "test.yaml"));

    private final EventCodec<Profile> codec = EventCodec.of(Profile.class, EventFormat.AVRO);
    private final EventReader.Opened<FeatureEvent> reader =
            new ProfileReader(List.of(MODEL), "users", EventFormat.AVRO, 1 << 16).open();

    @Test
    void aProfileChangesItsRowFromItsTimeOn() throws Exception {
        Map<String, Object> values = Map.of("age", 31L, "city", "Oslo");

        Sourced.Event<FeatureEvent> read = read(new Profile("ann", 500L, values));

        assertThat(read.eventTime()).isEqualTo(500);
        assertThat(read.value())
                .isEqualTo(
                        FeatureEvent.profiled(
                                "profile:users",
                                "ann",
                                "00002-0000000000000000031",
                                StreamUpdate.profiled(500, values)));
    }

    @Test
    void aRecordWithoutAValueSaysNothing() throws Exception {
        Sourced.Event<FeatureEvent> read = reader.read(new byte[0], ORIGIN);

        assertThat(read.value().saysNothing()).isTrue();
        assertThat(read.eventTime()).isZero();
    }

    @Test
    void aValueThatDoesNotFitItsFeatureIsRefused() {
        assertThatThrownBy(() -> read(new Profile("ann", 500L, Map.of("age", "old"))))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("age")
                .hasMessageContaining("number");
    }

    @Test
    void anEmptyKeyIsRefused() {
        assertThatThrownBy(() -> read(new Profile("", 500L, Map.of())))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("key has 0 characters");
    }

    private Sourced.Event<FeatureEvent> read(Profile profile)
            throws UndecodableException, InvalidEventException {
        return reader.read(codec.encode(profile), ORIGIN);
    }
}
