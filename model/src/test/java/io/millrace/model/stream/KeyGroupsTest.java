package io.millrace.model.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.stream.StreamFeature.Count;
import io.millrace.model.stream.StreamFeature.Last;
import io.millrace.model.stream.StreamFeature.Mean;
import io.millrace.model.stream.StreamFeature.Occasion;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyGroupsTest {

    @Test
    void usageExample() throws InvalidEventException {
        KeyGroups groups =
                KeyGroups.of(
                        new StreamSpec(
                                List.of(
                                        count("clicks", "user"),
                                        mean("liking", 3, null, "user", "genres"),
                                        mean("average", 3, null, "user")),
                                List.of(new Profile("items", "item"))));

        StreamKeys keys = groups.keys("u1", "i7", Map.of("genres", List.of("drama", "war, civil")));

        assertThat(groups.all())
                .extracting(KeyGroup::id)
                .containsExactly("by:user", "by:user,genres", "profile:items");
        assertThat(keys.of(Streams.group(groups, "by:user"))).containsExactly("u1");
        assertThat(keys.of(Streams.group(groups, "by:user,genres")))
                .containsExactly("u1,drama", "u1,war\\, civil");
        assertThat(keys.of(Streams.group(groups, "profile:items"))).containsExactly("i7");
    }

    /** Otherwise two users could share a row. */
    @Test
    void keysOfSeveralFieldsNeverCoincide() throws InvalidEventException {
        KeyGroups groups = by("user", "a", "b");
        List<String> texts = List.of("", ",", "\\", "x", "x,", ",x", "\\,", "x\\");
        Set<String> seen = new HashSet<>();
        for (String user : texts) {
            for (String a : texts) {
                for (String b : texts) {
                    StreamKeys keys = groups.keys(user, null, Map.of("a", a, "b", b));
                    seen.addAll(keys.of(groups.all().get(0)));
                }
            }
        }

        assertThat(seen).hasSize(texts.size() * texts.size() * texts.size());
    }

    @Test
    void numbersAndBooleansAreTheirText() throws InvalidEventException {
        Map<String, Object> features = Map.of("a", 12L, "b", new Utf8("true"));

        assertThat(by("a", "b").keys("u", null, features))
                .isEqualTo(by("a", "b").keys("u", null, Map.of("a", "12", "b", true)));
    }

    @Test
    void aMissingFieldLeavesNoKey() throws InvalidEventException {
        KeyGroups groups = by("item", "genres");

        assertThat(groups.keys("u", null, Map.of("genres", "war")).keys()).isEmpty();
        assertThat(groups.keys("u", "i", Map.of()).keys()).isEmpty();
        assertThat(groups.keys("u", "i", Map.of("genres", List.of())).keys()).isEmpty();
        assertThat(groups.keys("u", "i", Map.of("genres", "war")).keys()).hasSize(1);
    }

    @Test
    void theNewestElementsOfAListCountAndEachOnce() throws InvalidEventException {
        KeyGroups groups = by("genres");
        List<String> many = IntStream.range(0, 60).mapToObj(i -> "g" + i % 55).toList();

        List<String> keys = groups.keys("u", null, Map.of("genres", many)).of(groups.all().get(0));

        assertThat(keys).hasSize(KeyGroup.MOST_KEYS).startsWith("g10").endsWith("g4");
        assertThat(keys).doesNotHaveDuplicates();
        assertThat(
                        groups.keys("u", null, Map.of("genres", List.of("a", "b", "a")))
                                .of(groups.all().get(0)))
                .containsExactly("a", "b");
    }

    @Test
    void whatCannotBeAKeyIsRefused() {
        assertThatThrownBy(() -> by("price").keys("u", null, Map.of("price", 2.5)))
                .isInstanceOf(InvalidEventException.class)
                .hasMessage(
                        "field \"price\" of stream features: expected a text, a whole number, a"
                                + " boolean or a list of them, found 2.5");
        assertThatThrownBy(() -> by("a").keys("u", null, Map.of("a", Arrays.asList("x", null))))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageEndingWith("found null");
        assertThatThrownBy(() -> by("a").keys("u", null, Map.of("a", "x".repeat(1025))))
                .isInstanceOf(InvalidEventException.class)
                .hasMessage(
                        "the key of what is kept by a has 1025 characters; expected at most 1024");
        Map<String, Object> lists = Map.of("a", List.of("x"), "b", List.of("y"));
        assertThatThrownBy(() -> by("a", "b").keys("u", null, lists))
                .isInstanceOf(InvalidEventException.class)
                .hasMessage(
                        "stream features by a, b: expected at most one list among these fields,"
                                + " found several");
    }

    @Test
    void onlyRememberedFieldsAreRecorded() throws InvalidEventException {
        KeyGroups groups =
                KeyGroups.of(
                        stream(
                                new Last("seen", List.of("user"), Occasion.CLICK, "item", 3),
                                new Last("tags", List.of("user"), Occasion.CLICK, "tags", 3)));

        assertThat(groups.keys("u", "i", Map.of("tags", List.of("a", "b"), "x", 2.5)).recorded())
                .isEqualTo(Map.of("item", List.of("i"), "tags", List.of("a", "b")));
        assertThat(groups.keys("u", null, Map.of()).recorded()).isEmpty();
    }

    /** Rows lie in state and on a topic, whose records have a limit. */
    @Test
    void longTextsAreNotRemembered() throws InvalidEventException {
        KeyGroups groups =
                KeyGroups.of(stream(new Last("tags", List.of("user"), Occasion.CLICK, "tags", 3)));
        String longest = "x".repeat(1024);

        assertThat(
                        groups.keys("u", "i", Map.of("tags", List.of("a", longest + "x", longest)))
                                .recorded())
                .isEqualTo(Map.of("tags", List.of("a", longest)));
        assertThat(groups.keys("u", "i", Map.of("tags", longest + "x")).recorded()).isEmpty();
    }

    @Test
    void modelsShareWhatIsKeptAlike() {
        StreamSpec one =
                new StreamSpec(
                        List.of(
                                mean("mean", 3, null, "user"),
                                new Last("seen", List.of("user"), Occasion.CLICK, "item", 3)),
                        List.of(new Profile("users", "user")));
        StreamSpec other =
                new StreamSpec(
                        List.of(
                                mean("average", 2, null, "user"),
                                mean("recent", 2, Duration.ofHours(1), "user"),
                                new Last("last", List.of("user"), Occasion.CLICK, "item", 9),
                                count("of-items", "item")),
                        List.of(new Profile("users", "user")));

        KeyGroups groups = KeyGroups.of(List.of(one, other));

        assertThat(groups.all())
                .extracting(KeyGroup::id)
                .containsExactly("by:user", "by:item", "profile:users");
        List<Accumulator> kept = Streams.group(groups, "by:user").kept();
        assertThat(kept)
                .extracting(Accumulator::definition)
                .containsExactlyInAnyOrder(
                        "mean half-life=0", "mean half-life=3600000", "last of=CLICK field=item");
        assertThat(kept).contains(new LastTexts(Occasion.CLICK, "item", 9));
    }

    @Test
    void modelsDoNotShareAProfileByDifferentFields() {
        StreamSpec one = new StreamSpec(List.of(), List.of(new Profile("people", "user")));
        StreamSpec other = new StreamSpec(List.of(), List.of(new Profile("people", "author")));

        assertThatThrownBy(() -> KeyGroups.of(List.of(one, other)))
                .hasMessage(
                        "the profile people is by user for one model and by author for another;"
                                + " expected the same field, or another name");
    }

    private static KeyGroups by(String... fields) {
        return KeyGroups.of(stream(count("count", fields)));
    }

    private static StreamSpec stream(StreamFeature... features) {
        return new StreamSpec(List.of(features), List.of());
    }

    private static Count count(String name, String... by) {
        return new Count(name, List.of(by), Occasion.CLICK);
    }

    private static Mean mean(String name, double prior, @Nullable Duration halfLife, String... by) {
        return new Mean(name, List.of(by), prior, null, 1, halfLife);
    }
}
