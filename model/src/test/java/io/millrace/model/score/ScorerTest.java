package io.millrace.model.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.example.Example;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.version.Compaction;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.MemoryVersionStorage;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionRetention;
import io.millrace.schemas.Candidate;
import io.millrace.schemas.ScoreRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScorerTest {

    private static final long USER = ParameterKey.ofValue(1, 1000);
    private static final long ITEM = ParameterKey.ofValue(2, 2000);
    private static final long OTHER_ITEM = ParameterKey.ofValue(2, 3000);

    private final MemoryVersionStorage storage = new MemoryVersionStorage();
    private final PublishedModel model = new PublishedModel(storage);
    private final Scorer scorer = new Scorer(storage, PublishedModel.NAME, Device.cpu());

    @AfterEach
    void close() {
        scorer.close();
    }

    @Test
    void usageExample() throws IOException {
        model.version(1, null).bias(1).row(USER, 10).row(ITEM, 100).row(OTHER_ITEM, 200).publish();

        assertThat(scorer.load(1)).isEqualTo(new LoadOutcome.Loaded(1, false));

        Scored scored = scorer.score(List.of(example(USER, ITEM), example(USER, OTHER_ITEM)));
        assertThat(scored.version()).isEqualTo(1);
        assertThat(scored.scores()).containsExactly(111, 211);
    }

    @Test
    void saysThatThereIsNoVersionYet() {
        assertThat(scorer.version()).isNull();
        assertThat(scorer.manifest()).isNull();
        assertThatThrownBy(() -> scorer.score(List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no version of model sums is loaded");
    }

    @Test
    void readsOnlyTheDeltasBehindTheLiveVersion() throws IOException {
        model.version(1, null).bias(1).row(USER, 10).row(ITEM, 100).publish();
        model.version(2, 1L).row(ITEM, 300).publish();
        model.version(3, 2L).bias(2).row(OTHER_ITEM, 400).publish();
        scorer.load(1);
        for (String part : storage.list(VersionPaths.folder(PublishedModel.NAME, 1))) {
            if (part.endsWith(".rows")) {
                storage.delete(part);
            }
        }

        assertThat(scorer.load(3)).isEqualTo(new LoadOutcome.Loaded(3, true));

        assertThat(score(USER, ITEM)).isEqualTo(312);
        assertThat(score(USER, OTHER_ITEM)).isEqualTo(412);
        assertThat(scorer.version()).isEqualTo(3);
    }

    @Test
    void scoresAlikeHoweverAVersionWasLoaded() throws IOException {
        Random random = new Random(9);
        long[] users = random.longs(40).map(hash -> ParameterKey.ofValue(1, hash)).toArray();
        long[] items = random.longs(40).map(hash -> ParameterKey.ofValue(2, hash)).toArray();
        for (long version = 1; version <= 30; version++) {
            var draft = model.version(version, version == 1 ? null : (Long) (version - 1));
            for (int i = 0; i < 100; i++) {
                long key = (random.nextBoolean() ? users : items)[random.nextInt(40)];
                draft.row(key, random.nextInt(5) == 0 ? new float[0] : weight(random));
            }
            draft.bias(random.nextFloat()).publish();
        }
        new Compaction(storage, PublishedModel.NAME).compact(20);

        for (long version = 1; version <= 30; version++) {
            boolean step = version > 1 && version % 7 != 0;
            try (Scorer fresh = new Scorer(storage, PublishedModel.NAME, Device.cpu())) {
                fresh.load(version);
                if (version % 7 != 0) {
                    assertThat(scorer.load(version))
                            .isEqualTo(new LoadOutcome.Loaded(version, step));
                    for (long user : users) {
                        List<Example> candidates =
                                Arrays.stream(items).mapToObj(item -> example(user, item)).toList();
                        assertThat(scorer.score(candidates).scores())
                                .isEqualTo(fresh.score(candidates).scores());
                    }
                }
            }
        }
    }

    @Test
    void foldsALargeOverlayIntoTheBase() throws IOException {
        var base = model.version(1, null).bias(0);
        for (int i = 0; i < 3000; i++) {
            base.row(ParameterKey.ofValue(1, 100 + i), i);
        }
        base.publish();
        for (long version = 2; version <= 6; version++) {
            var delta = model.version(version, version - 1).bias((float) version);
            for (int i = 0; i < 3000; i++) {
                if (i % 5 == version - 2) {
                    long key = ParameterKey.ofValue(1, 100 + i);
                    delta.row(key, i % 2 == 0 ? new float[] {-i} : new float[0]);
                }
            }
            delta.publish();
        }

        List<Long> overlaid = new ArrayList<>();
        for (long version = 1; version <= 6; version++) {
            assertThat(scorer.load(version))
                    .isEqualTo(new LoadOutcome.Loaded(version, version > 1));
            assertThat(scorer.version()).isEqualTo(version);
            overlaid.add(scorer.overlaidRows());
        }

        // At 4 above half of 3,000 rows; at 6 of 2,100, as the first fold left out those removed.
        assertThat(overlaid).containsExactly(0L, 600L, 1200L, 0L, 600L, 0L);
        for (int i = 0; i < 3000; i++) {
            long key = ParameterKey.ofValue(1, 100 + i);
            float expected = 6 + (i % 2 == 0 ? -i : model.initial(key)) + model.initial(ITEM);
            assertThat(score(key, ITEM)).isCloseTo(expected, within(0.001f));
        }
    }

    @Test
    void givesADeletedRowItsInitialWeightsAgain() throws IOException {
        model.version(1, null).bias(0).row(USER, 10).row(ITEM, 100).publish();
        model.version(2, 1L).row(USER).publish();
        scorer.load(1);

        scorer.load(2);

        assertThat(score(USER, ITEM)).isEqualTo(100 + model.initial(USER));
    }

    @Test
    void readsRequestsAsTheVersionDeclares() throws Exception {
        model.version(1, null).bias(7).publish();
        scorer.load(1);
        ScoreRequest request = request("ann", Map.of());
        List<Example> examples = new RequestExamples(model.spec()).of(request);

        Scored scored = scorer.score(request);

        assertThat(scored.version()).isEqualTo(1);
        assertThat(scored.scores()).isEqualTo(scorer.score(examples).scores()).hasSize(2);
        assertThat(examples.get(0).keys()[0]).isEqualTo(examples.get(1).keys()[0]);
        assertThat(examples.get(0).keys()[1]).isNotEqualTo(examples.get(1).keys()[1]);
    }

    @Test
    void refusesARequestThatDoesNotFit() throws IOException {
        new PublishedModel(storage, PublishedModel.spec("user", "country"))
                .version(1, null)
                .bias(7)
                .publish();
        scorer.load(1);
        ScoreRequest request = request("ann", Map.of("country", List.of("no", "single", "value")));

        assertThatThrownBy(() -> scorer.score(request)).isInstanceOf(InvalidEventException.class);
    }

    @Test
    void answersARequestWithoutCandidates() throws IOException {
        model.version(1, null).bias(7).publish();
        scorer.load(1);

        assertThat(scorer.score(List.of()).scores()).isEmpty();
    }

    @Test
    void knowsWhatIsLive() throws IOException {
        Manifest manifest = model.version(1, null).bias(7).publish();
        scorer.load(1);

        assertThat(scorer.load(1)).isEqualTo(new LoadOutcome.Already(1));
        assertThat(scorer.manifest()).isEqualTo(manifest);
    }

    @Test
    void goesBackToAnOlderVersion() throws IOException {
        model.version(1, null).bias(1).row(USER, 0).row(ITEM, 0).publish();
        model.version(2, 1L).bias(2).publish();
        scorer.load(2);

        assertThat(scorer.load(1)).isEqualTo(new LoadOutcome.Loaded(1, false));
        assertThat(score(USER, ITEM)).isEqualTo(1);
    }

    @Test
    void catchesUpThroughABaseWhenDeltasHaveGone() throws IOException {
        model.version(1, null).bias(1).row(USER, 0).row(ITEM, 0).publish();
        scorer.load(1);
        model.version(2, 1L).bias(2).publish();
        model.version(3, 2L).bias(3).publish();
        new Compaction(storage, PublishedModel.NAME).compact(3);
        new VersionRetention(storage, PublishedModel.NAME).apply(1);

        assertThat(scorer.load(3)).isEqualTo(new LoadOutcome.Loaded(3, false));
        assertThat(score(USER, ITEM)).isEqualTo(3);
    }

    @Test
    void refusesADeltaWhoseParentIsMissing() throws IOException {
        goodVersion();
        model.version(3, 2L).bias(3).publish();

        assertRefused(3, "delta to version 2, which has no manifest here");
    }

    @Test
    void refusesAVersionThatIsNotThere() throws IOException {
        goodVersion();

        assertRefused(9, VersionPaths.manifest(PublishedModel.NAME, 9));
    }

    @Test
    void refusesDamageAndLoadsTheSameVersionOnceMended() throws IOException {
        goodVersion();
        Manifest manifest = model.version(2, 1L).bias(2).row(USER, 5).publish();
        Random random = new Random(10);
        for (String file : List.of(manifest.path(), manifest.parts().get(0).path())) {
            byte[] intact = storage.bytes(file);
            for (int i = 0; i < 300; i++) {
                byte[] flipped = intact.clone();
                int bit = random.nextInt(flipped.length * 8);
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                storage.replace(file, flipped);
                assertRefused(2, file);
                storage.replace(file, Arrays.copyOf(intact, random.nextInt(intact.length)));
                assertRefused(2, file);
            }
            storage.replace(file, intact);
        }

        assertThat(scorer.load(2)).isEqualTo(new LoadOutcome.Loaded(2, true));
        assertThat(score(USER, ITEM)).isEqualTo(107);
    }

    @Test
    void refusesRowsThatAreNotTheModels() throws IOException {
        goodVersion();
        model.version(2, 1L).row(USER, 1, 2).publish();
        model.version(3, 1L).row(ParameterKey.ofValue(3, 99), 1).publish();
        model.version(4, 1L).row(ParameterKey.ofDenseBlock(1), new float[1024]).publish();
        model.version(5, 1L).row(ParameterKey.ofDenseBlock(0), 1).publish();
        model.version(6, 1L).row(ParameterKey.ofDenseBlock(0)).publish();
        model.version(7, 1L).row(USER, Float.NaN).publish();
        model.version(8, 1L).bias(Float.POSITIVE_INFINITY).publish();

        assertRefused(2, "has 2 weights; the model's slot 1 has 1");
        assertRefused(3, "of slot 3; the model has 3 slots");
        assertRefused(4, "dense block 1 has 1024 weights; the model has 1 blocks");
        assertRefused(5, "dense block 0 has 1 weights");
        assertRefused(6, "dense block 0 is deleted");
        assertRefused(7, "is NaN");
        assertRefused(8, "is Infinity");
    }

    @Test
    void refusesADeltaToAnotherModel() throws IOException {
        goodVersion();
        PublishedModel other = new PublishedModel(storage, PublishedModel.spec("item", "user"));
        other.version(2, 1L).bias(2).publish();
        other.version(3, null).bias(3).row(USER, 1).row(ITEM, 1).publish();

        assertRefused(2, "whose features, architecture or seed are others");
        assertThat(scorer.load(3)).isEqualTo(new LoadOutcome.Loaded(3, false));
        assertThat(score(USER, ITEM)).isEqualTo(5);
    }

    @Test
    void refusesASpecificationThatItDoesNotKnow() throws IOException {
        goodVersion();
        Manifest known = model.version(2, null).bias(2).publish();
        storage.delete(known.path());
        storage.replace(known.path(), ManifestEdits.withUnknownArchitecture(known).toBytes());

        assertRefused(2, "its specification cannot be used by this code");
    }

    @Test
    void needsNothingOfTheLiveVersionButItsRows() throws IOException {
        goodVersion();
        Manifest live = model.version(2, 1L).bias(1).publish();
        model.version(3, 2L).bias(2).publish();
        scorer.load(2);
        storage.replace(live.path(), new byte[3]);
        storage.delete(live.parts().get(0).path());

        assertThat(scorer.load(3)).isEqualTo(new LoadOutcome.Loaded(3, true));
        assertThat(score(USER, ITEM)).isEqualTo(112);
    }

    @Test
    void aDamagedDeltaKeepsItsDescendantsOutUntilTheNextBase() throws IOException {
        goodVersion();
        Manifest damaged = model.version(2, 1L).bias(2).publish();
        String part = damaged.parts().get(0).path();
        storage.bytes(part)[100] ^= 1;
        model.version(3, 2L).bias(3).publish();
        model.version(4, null).bias(4).row(USER, 10).row(ITEM, 100).publish();
        model.version(5, 4L).bias(5).publish();

        assertRefused(2, part);
        assertRefused(3, part);
        assertThat(scorer.load(5)).isEqualTo(new LoadOutcome.Loaded(5, false));
        assertThat(score(USER, ITEM)).isEqualTo(115);
    }

    @Test
    void aDamagedDeltaDoesNotMatterBehindACompactedVersion() throws IOException {
        goodVersion();
        Manifest damaged = model.version(2, 1L).bias(2).publish();
        model.version(3, 2L).bias(3).publish();
        model.version(4, 3L).bias(4).publish();
        new Compaction(storage, PublishedModel.NAME).compact(3);
        storage.bytes(damaged.parts().get(0).path())[100] ^= 1;

        assertThat(scorer.load(4)).isEqualTo(new LoadOutcome.Loaded(4, false));
        assertThat(score(USER, ITEM)).isEqualTo(114);
    }

    @Test
    void doesNotLayADeltaOfAnotherHistoryOverTheLiveVersion() throws IOException {
        goodVersion();
        storage.delete(PublishedModel.NAME);
        model.version(1, null).bias(7).row(USER, 1).row(ITEM, 2).publish();
        model.version(2, 1L).bias(8).publish();

        assertThat(scorer.load(2)).isEqualTo(new LoadOutcome.Loaded(2, false));
        assertThat(score(USER, ITEM)).isEqualTo(11);
    }

    @Test
    void refusesAVersionThatHasLostThePartOfAShard() throws IOException {
        goodVersion();
        Manifest manifest = model.version(2, 1L).bias(2).row(USER, 5).shards(3).publish();
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(manifest.toBytes());
        json.withArray("parts").remove(2);
        storage.replace(manifest.path(), FolderDamage.guarded(json));

        assertRefused(2, "field shards is 3 but there are 2 parts");
    }

    @Test
    void refusesRowsThatAreInTwoParts() throws IOException {
        goodVersion();
        Manifest two = model.version(2, 1L).bias(2).row(USER, 5).shards(2).publish();
        PartInfo filled = two.parts().get(two.parts().get(0).rows() > 0 ? 0 : 1);
        PartInfo twin = two.parts().get(1 - two.parts().indexOf(filled));
        storage.replace(twin.path(), storage.bytes(filled.path()));
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(two.toBytes());
        for (JsonNode part : json.get("parts")) {
            ((ObjectNode) part)
                    .put("bytes", filled.bytes())
                    .put("rows", filled.rows())
                    .put("crc32c", filled.crc32c());
        }
        storage.replace(two.path(), FolderDamage.guarded(json));

        assertRefused(2, "of the same version");
    }

    @Test
    void refusesASpecificationThatIsNotTheOneOfItsHash() throws IOException {
        goodVersion();
        Manifest manifest = model.version(2, 1L).bias(2).publish();
        storage.replace(
                manifest.path(),
                new String(manifest.toBytes(), UTF_8)
                        .replace("\"user\" : {", "\"buyer\" : {")
                        .getBytes(UTF_8));
        assertRefused(2, "its checksum is");
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(manifest.toBytes());
        json.withObject("spec").put("seed", 6);
        storage.replace(manifest.path(), FolderDamage.guarded(json));

        assertRefused(2, "field spec is not the specification that field specHash is of");
    }

    @Test
    void refusesANetworkThatDoesNotFitItsMemory() throws IOException {
        goodVersion();
        ModelSpec known = model.spec();
        ModelSpec huge =
                new ModelSpec(
                        known.name(),
                        known.objective(),
                        known.features(),
                        new DcnV2(0, 0, List.of(20_000, 20_000), DcnV2.Structure.STACKED),
                        known.embeddingOptimizer(),
                        known.denseOptimizer(),
                        known.seed());
        new PublishedModel(storage, huge).version(2, null).publish();

        assertRefused(2, "its network has 1526 MiB of weights");
    }

    @Test
    void isOfNoUseOnceClosed() throws IOException {
        goodVersion();
        scorer.close();
        scorer.close();

        assertThatThrownBy(() -> scorer.load(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> score(USER, ITEM)).isInstanceOf(IllegalStateException.class);
    }

    /** Loads version 1, which scores the pair 110. */
    private void goodVersion() throws IOException {
        model.version(1, null).bias(0).row(USER, 10).row(ITEM, 100).publish();
        scorer.load(1);
    }

    private void assertRefused(long version, String reason) {
        LoadOutcome outcome = scorer.load(version);
        assertThat(outcome).isInstanceOf(LoadOutcome.Refused.class);
        assertThat(((LoadOutcome.Refused) outcome).reason()).contains(reason);
        assertThat(outcome.version()).isEqualTo(version);
        assertThat(scorer.version()).isEqualTo(1);
        assertThat(score(USER, ITEM)).isEqualTo(110);
    }

    private float score(long user, long item) {
        return scorer.score(List.of(example(user, item))).scores()[0];
    }

    static Example example(long user, long item) {
        return new Example(new long[] {user, item}, new int[] {1, 2}, new float[0], 0, 1, 0);
    }

    private static ScoreRequest request(String user, Map<String, Object> features) {
        return ScoreRequest.newBuilder()
                .setRequestId("r")
                .setTimestamp(1000)
                .setUser(user)
                .setFeatures(features)
                .setCandidates(List.of(candidate("a"), candidate("b")))
                .build();
    }

    private static Candidate candidate(String item) {
        return Candidate.newBuilder().setItem(item).setFeatures(Map.of()).build();
    }

    private static float[] weight(Random random) {
        return new float[] {random.nextFloat()};
    }
}
