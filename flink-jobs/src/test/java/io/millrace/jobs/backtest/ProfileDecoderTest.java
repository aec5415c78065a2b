package io.millrace.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.jobs.TestHistories;
import io.millrace.jobs.backtest.BacktestProfiles.Rows;
import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.source.Origin;
import io.millrace.model.stream.StreamUpdate;
import io.millrace.schemas.Profile;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileDecoderTest {

    private static final String AS_TEXT = "{type: categorical, dimension: 4, field: users.age}";
    private static final String AS_NUMBER = "{type: numeric, field: users.age}";
    private static final String BY_USER = "{by: user}";

    private final List<BacktestPipeline> pipelines = new ArrayList<>();

    @Test
    void usageExample() {
        pipeline("a", AS_TEXT, BY_USER);

        ReadEvent read = decoder().read(record(7, "u1", 100, Map.of("age", 31L)));

        assertThat(read.isProfile()).isTrue();
        assertThat(read.place()).isEqualTo(7);
        assertThat(read.rejected()).isEmpty();
        FeatureEvent update = read.profile().updates().get(0);
        assertThat(update.group()).isEqualTo("profile:0.users");
        assertThat(update.key()).isEqualTo("u1");
        assertThat(update.time()).isEqualTo(100);
        assertThat(update.update()).isEqualTo(new StreamUpdate.Profiled(100, Map.of("age", 31L)));
    }

    /** It has the larger id, by which rows put changes of one time in order. */
    @Test
    void ofTwoOfOneTimeTheLaterCounts() {
        pipeline("a", AS_TEXT, BY_USER);
        ProfileDecoder decoder = decoder();

        List<String> ids = new ArrayList<>();
        for (long place : new long[] {2, 10, 1_000_000_000_000L}) {
            ReadEvent read = decoder.read(record(place, "u1", 100, Map.of()));
            ids.add(read.profile().updates().get(0).id());
        }

        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void pipelinesThatReadATableAlikeShareItsRows() {
        pipeline("a", AS_TEXT, BY_USER);
        pipeline("b", AS_NUMBER, BY_USER);
        pipeline("c", AS_TEXT, BY_USER);
        pipeline("d", AS_TEXT, "{by: item}");

        BacktestProfiles profiles = profiles();

        assertThat(profiles.rows())
                .extracting(Rows::pipelines)
                .containsExactly(List.of(0, 2), List.of(1), List.of(3));
        assertThat(profiles.rows())
                .extracting(Rows::group)
                .containsExactly("profile:0.users", "profile:1.users", "profile:3.users");
        assertThat(profiles.groups(2)).isEqualTo(Map.of("profile:users", "profile:0.users"));
        assertThat(profiles.streams().get(3).profiles())
                .containsExactly(new io.millrace.model.stream.Profile("3.users", "item"));
        assertThat(profiles.tables()).containsExactly("users");
        assertThat(decoder().read(record(0, "u", 1, Map.of())).profile().updates())
                .extracting(FeatureEvent::group)
                .containsExactly("profile:0.users", "profile:1.users", "profile:3.users");
    }

    @Test
    void whatSomeCannotUseIsRejectedByThese() {
        pipeline("a", AS_TEXT, BY_USER);
        pipeline("b", AS_NUMBER, BY_USER);
        pipeline("c", AS_NUMBER, BY_USER);

        ReadEvent read = decoder().read(record(3, "u", 1, Map.of("age", "old")));

        assertThat(read.profile().updates())
                .extracting(FeatureEvent::group)
                .containsExactly("profile:0.users");
        assertThat(read.rejected())
                .extracting(RejectedEvent::pipeline, RejectedEvent::origin)
                .containsExactly(
                        tuple("b", "users.avro, line 4"), tuple("c", "users.avro, line 4"));
    }

    @Test
    void whatNobodyCanUseIsRejectedOnce() {
        pipeline("a", AS_TEXT, BY_USER);
        pipeline("b", AS_NUMBER, BY_USER);

        ReadEvent read = decoder().read(record(3, "", 1, Map.of()));

        assertThat(read.profile()).isNull();
        assertThat(read.rejected()).extracting(RejectedEvent::pipeline).containsExactly("");
    }

    @Test
    void aProfileThatWasRemovedSaysNothing() {
        pipeline("a", AS_TEXT, BY_USER);

        ReadEvent read = decoder().read(new NumberedProfile(3, profile(3, new byte[0])));

        assertThat(read.profile()).isNull();
        assertThat(read.rejected()).isEmpty();
    }

    @Test
    void theDigestIsOfAllThatItSays() {
        pipeline("a", AS_TEXT, BY_USER);
        ProfileDecoder decoder = decoder();

        List<Long> digests = new ArrayList<>();
        digests.add(decoder.read(record(3, "u", 1, Map.of("age", 3L))).profile().digest());
        digests.add(decoder.read(record(3, "v", 1, Map.of("age", 3L))).profile().digest());
        digests.add(decoder.read(record(3, "u", 2, Map.of("age", 3L))).profile().digest());
        digests.add(decoder.read(record(3, "u", 1, Map.of("age", 4L))).profile().digest());

        assertThat(digests).doesNotHaveDuplicates();
        assertThat(decoder.read(record(9, "u", 1, Map.of("age", 3L))).profile().digest())
                .isEqualTo(digests.get(0));
    }

    private ProfileDecoder decoder() {
        return new ProfileDecoder(
                pipelines.stream().map(BacktestPipeline::name).toList(),
                profiles(),
                EventFormat.AVRO,
                1 << 20,
                Duration.ofHours(1),
                new Origins(false));
    }

    private BacktestProfiles profiles() {
        return BacktestProfiles.of(pipelines, TestHistories.of(List.of()));
    }

    private static NumberedProfile record(
            long place, String key, long time, Map<String, Object> features) {
        return new NumberedProfile(
                place,
                profile(
                        place,
                        EventCodec.of(Profile.class, EventFormat.AVRO)
                                .encode(new Profile(key, time, features))));
    }

    private static HistoryProfile profile(long place, byte[] payload) {
        return new HistoryProfile("users", new Origin("users.avro", 0, place + 1, 0), payload);
    }

    private void pipeline(String name, String feature, String profile) {
        pipelines.add(
                new BacktestPipeline(
                        name,
                        PipelineConfigReader.read(
                                """
                                model: test
                                objective: {type: click}
                                features:
                                  user: {type: categorical, dimension: 4}
                                  age: %s
                                profiles:
                                  users: %s
                                architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                                optimizers:
                                  embedding: {type: adagrad, learning-rate: 0.1}
                                  dense: {type: adagrad, learning-rate: 0.02}
                                """
                                        .formatted(feature, profile),
                                "test.yaml"),
                        null));
    }
}
