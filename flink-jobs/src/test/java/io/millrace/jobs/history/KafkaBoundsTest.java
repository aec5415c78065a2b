package io.millrace.jobs.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.history.KafkaRecords.Logs;
import io.millrace.model.version.Manifest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class KafkaBoundsTest {

    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final KafkaTopics RATINGS = KafkaRecords.ratings("b:1");
    private static final KafkaTopics CLICKS = KafkaRecords.clicks("b:1");

    // -- profiles

    @Test
    void profilesAreTakenFromTheirBeginningWhereverTheEventsBegin() {
        KafkaTopics topics = KafkaRecords.profiled("b:1", "items", "users");
        Logs logs =
                new Logs()
                        .log("ratings", 0, 0, 10, 20, 30)
                        .log("users", 0, 3, 10, 20, 30, 40)
                        .log("users", 1, 0, 10)
                        .log("items", 0, 0, 10, 20);
        KafkaBounds bounds = bounds(topics, logs);
        Manifest version =
                KafkaRecords.version(7, Map.of("ratings", Map.of(0, 2L), "users", Map.of(0, 5L)));

        assertThat(bounds.wholeProfiles())
                .containsExactly(
                        range("items/0=0..2"), range("users/0=3..7"), range("users/1=0..1"));
        assertThat(bounds.ofVersions(version, null)).containsExactly(range("ratings/0=2..3"));
        assertThat(bounds.profilesOfVersion(null)).isEqualTo(bounds.wholeProfiles());
        // It has not read partition 1, and the items are another pipeline's.
        assertThat(bounds.profilesOfVersion(version))
                .containsExactly(
                        range("items/0=0..2"), range("users/0=3..5"), range("users/1=0..0"));
        // Its own pipeline had read nothing of them.
        assertThat(
                        bounds(KafkaRecords.owning(topics, "items", "users"), logs)
                                .profilesOfVersion(version))
                .containsExactly(
                        range("items/0=0..0"), range("users/0=3..5"), range("users/1=0..0"));
        List<KafkaRange> offsets = List.of(range("ratings/0=1..2"), range("users/0=3..4"));
        assertThat(bounds.ofOffsets(offsets)).containsExactly(range("ratings/0=1..2"));
        assertThat(bounds.profilesOfOffsets(offsets))
                .containsExactly(
                        range("items/0=0..2"), range("users/0=3..4"), range("users/1=0..1"));
        refused(
                () -> bounds.ofOffsets(List.of(range("ratings/0=1..2"), range("users/0=2..4"))),
                "--offsets begins at offset 2 of users/0, but Kafka has removed the records before"
                        + " offset 3; --offsets ratings/0=0..3 would work");
        refused(
                () -> bounds.ofOffsets(List.of(range("ratings/0=1..2"), range("users/2=0..0"))),
                "--offsets names partition 2 of topic users, which Kafka at b:1 does not have; it"
                        + " has users/0=3..7 users/1=0..1");
    }

    @Test
    void anAbsentTopicOfProfilesIsTold() {
        refused(
                () ->
                        bounds(
                                KafkaRecords.profiled("b:1", "users"),
                                new Logs().log("ratings", 0, 0, 10).others("user")),
                "Kafka at b:1 has no topic users; it has user, which the pipeline could name"
                        + " under topics");
    }

    // -- event time

    @Test
    void withoutABeginningAllOfTheLogIsRead() {
        Logs logs = new Logs().log("ratings", 0, 5, 10, 20).log("ratings", 1, 0, 30);

        assertThat(bounds(RATINGS, logs).between(new TimeRange(Long.MIN_VALUE, 20)))
                .containsExactly(range("ratings/0=5..7"), range("ratings/1=0..1"));
    }

    /** An event may lie an hour ahead of its arrival, so it may have arrived an hour before. */
    @Test
    void aRangeBeginsWithWhatArrivedAsLongBeforeAsEventsMayLieAhead() {
        long from = 10 * HOUR;
        Logs logs =
                new Logs()
                        .log("ratings", 0, 0, from - HOUR - 1, from - HOUR, from, from + 1)
                        .log("ratings", 1, 0, from - HOUR - 2, from - HOUR - 1)
                        .log("ratings", 2, 0, from - HOUR + 1);

        assertThat(bounds(RATINGS, logs).between(new TimeRange(from, from + 1)))
                .containsExactly(
                        range("ratings/0=1..4"), range("ratings/1=2..2"), range("ratings/2=0..1"));
    }

    @Test
    void aRangeFromBeforeAllTimeIsAllOfIt() {
        Logs logs = new Logs().log("ratings", 0, 0, 0, 20);

        assertThat(bounds(RATINGS, logs).between(new TimeRange(-5, 20)))
                .containsExactly(range("ratings/0=0..2"));
    }

    @Test
    void aRangeAllOfWhichWasRemovedInPartIsAGap() {
        Logs logs =
                new Logs()
                        .log("ratings", 0, 40, 10 * HOUR, 20 * HOUR)
                        .log("ratings", 1, 70, 12 * HOUR)
                        .log("ratings", 2, 0, 15 * HOUR);
        KafkaBounds bounds = bounds(RATINGS, logs);

        refused(
                () -> bounds.between(new TimeRange(10 * HOUR, Long.MAX_VALUE)),
                "Kafka has removed the records of ratings/1 before offset 70, and with them perhaps"
                        + " some from 1970-01-01T10:00:00Z on, for the oldest that is left arrived"
                        + " at 1970-01-01T12:00:00Z; --from 1970-01-01T12:00:00Z or later, or"
                        + " --offsets ratings/0=40..42 ratings/1=70..71 ratings/2=0..1, would"
                        + " work");
        assertThat(bounds.between(new TimeRange(12 * HOUR, Long.MAX_VALUE)))
                .containsExactly(
                        range("ratings/0=41..42"),
                        range("ratings/1=70..71"),
                        range("ratings/2=0..1"));
    }

    @Test
    void aPartitionAllOfWhichWasRemovedIsAGap() {
        Logs logs = new Logs().log("ratings", 0, 40).log("ratings", 1, 0, 5 * HOUR);

        refused(
                () -> bounds(RATINGS, logs).between(new TimeRange(4 * HOUR, 6 * HOUR)),
                "Kafka has removed all records of ratings/0, and with them perhaps some from"
                        + " 1970-01-01T04:00:00Z on; --offsets, which leaves it out, would work:"
                        + " ratings/1=0..1");
    }

    @Test
    void aRangeAfterAllArrivalsIsRefused() {
        Logs logs = new Logs().log("ratings", 0, 0, HOUR);

        refused(
                () -> bounds(RATINGS, logs).between(new TimeRange(3 * HOUR, Long.MAX_VALUE)),
                "no record of topic ratings arrived late enough to have a time in"
                        + " 1970-01-01T03:00:00Z to the end; an earlier --from would work");
    }

    @Test
    void emptyTopicsAreRefused() {
        Logs logs = new Logs().log("impressions", 0, 0).log("clicks", 0, 0);

        refused(
                () -> bounds(CLICKS, logs).between(TimeRange.ALL),
                "there is no record on topics clicks and impressions at b:1");
    }

    // -- versions

    @Test
    void aVersionGoesOnWhereItEnds() {
        Logs logs = new Logs().log("ratings", 0, 2, 1, 1, 1, 1).log("ratings", 1, 0, 1, 1);
        KafkaBounds bounds = bounds(RATINGS, logs);

        assertThat(bounds.ofVersions(ratings(7, Map.of(0, 3L, 1, 1L)), null))
                .containsExactly(range("ratings/0=3..6"), range("ratings/1=1..2"));
        assertThat(
                        bounds.ofVersions(
                                ratings(7, Map.of(0, 2L, 1, 1L)), ratings(9, Map.of(0, 5L, 1, 2L))))
                .containsExactly(range("ratings/0=2..5"), range("ratings/1=1..2"));
        assertThat(bounds.ofVersions(null, ratings(9, Map.of(0, 5L, 1, 2L))))
                .containsExactly(range("ratings/0=2..5"), range("ratings/1=0..2"));
    }

    /** As the training job does: it had no record yet when the version was made. */
    @Test
    void aPartitionThatAVersionDoesNotNameBeginsAtItsBeginning() {
        Logs logs = new Logs().log("ratings", 0, 0, 1, 1).log("ratings", 1, 4, 1, 1);
        KafkaBounds bounds = bounds(RATINGS, logs);

        assertThat(bounds.ofVersions(ratings(7, Map.of(0, 1L)), null))
                .containsExactly(range("ratings/0=1..2"), range("ratings/1=4..6"));
        assertThat(bounds.ofVersions(ratings(7, Map.of(0, 1L)), ratings(8, Map.of(0, 2L))))
                .containsExactly(range("ratings/0=1..2"), range("ratings/1=4..4"));
    }

    @Test
    void aVersionWhoseRecordsWereRemovedIsRefused() {
        Logs logs = new Logs().log("ratings", 0, 40, 1, 1);
        KafkaBounds bounds = bounds(RATINGS, logs);

        refused(
                () -> bounds.ofVersions(ratings(7, Map.of(0, 39L)), null),
                "version 7 of m ends at offset 39 of ratings/0, but Kafka has removed the records"
                        + " before offset 40; a later version or --offsets ratings/0=40..42 would"
                        + " work");
        assertThat(bounds.ofVersions(ratings(7, Map.of(0, 40L)), null))
                .containsExactly(range("ratings/0=40..42"));
        refused(
                () -> bounds.ofVersions(null, ratings(7, Map.of(0, 39L))),
                "version 7 of m ends at offset 39 of ratings/0, but Kafka has removed the records"
                        + " before offset 40; a later version or --offsets ratings/0=40..42 would"
                        + " work");
    }

    @Test
    void aVersionBehindTheEndOfTheLogIsRefused() {
        Logs logs = new Logs().log("ratings", 0, 0, 1, 1);
        KafkaBounds bounds = bounds(RATINGS, logs);
        String sentence =
                " of m names offset 3 of ratings/0, but its log ends at 2; either the topic was"
                        + " made anew, or Kafka at b:1 is not the one that was meant; --from and"
                        + " --to, or --offsets ratings/0=0..2, would work";

        refused(() -> bounds.ofVersions(ratings(7, Map.of(0, 3L)), null), "version 7" + sentence);
        refused(
                () -> bounds.ofVersions(ratings(7, Map.of(0, 1L)), ratings(8, Map.of(0, 3L))),
                "version 8" + sentence);
    }

    @Test
    void aVersionOfAPartitionThatIsGoneIsRefused() {
        Logs logs = new Logs().log("ratings", 0, 0, 1).log("ratings", 1, 0, 1);

        refused(
                () ->
                        bounds(RATINGS, logs)
                                .ofVersions(ratings(7, Map.of(0, 1L, 1, 1L, 2, 1L)), null),
                "version 7 of m names partition 2 of topic ratings, which Kafka at b:1 does not"
                        + " have; it has ratings/0=0..1 ratings/1=0..1");
    }

    @Test
    void aVersionOfAnotherTopicIsRefused() {
        Logs logs = new Logs().log("ratings", 0, 0, 1);

        refused(
                () ->
                        bounds(RATINGS, logs)
                                .ofVersions(
                                        null,
                                        KafkaRecords.version(7, Map.of("old", Map.of(0, 1L)))),
                "version 7 of m names topic old, but the pipeline learns from topic ratings; name"
                        + " it under topics or profiles in the pipeline file, or choose by"
                        + " --from and --to");
    }

    @Test
    void aVersionWithoutOffsetsIsRefused() {
        Logs logs = new Logs().log("ratings", 0, 0, 1);

        refused(
                () -> bounds(RATINGS, logs).ofVersions(KafkaRecords.version(7, Map.of()), null),
                "version 7 of m names no offsets, so it was not trained from Kafka; --from and"
                        + " --to, or --offsets, would work");
    }

    @Test
    void versionsInTheWrongOrderAreRefused() {
        Logs logs = new Logs().log("ratings", 0, 0, 1, 1, 1, 1);

        refused(
                () ->
                        bounds(RATINGS, logs)
                                .ofVersions(ratings(9, Map.of(0, 3L)), ratings(7, Map.of(0, 1L))),
                "version 7 of m ends at offset 1 of ratings/0, which is before the 3 of version 9"
                        + " of m; expected a --to-version after --from-version");
    }

    @Test
    void versionsWithNothingBetweenThemAreRefused() {
        Logs logs = new Logs().log("ratings", 0, 0, 1, 1);
        KafkaBounds bounds = bounds(RATINGS, logs);

        refused(
                () -> bounds.ofVersions(ratings(7, Map.of(0, 2L)), null),
                "there is no record between version 7 of m and the end of topic ratings; an earlier"
                        + " --from-version or a later --to-version would work");
    }

    // -- offsets

    @Test
    void offsetsAreTakenAsTheyAre() {
        Logs logs = new Logs().log("impressions", 0, 2, 1, 1, 1).log("clicks", 0, 0, 1, 1);
        List<KafkaRange> ranges = List.of(range("impressions/0=2..5"), range("clicks/0=1..1"));

        assertThat(bounds(CLICKS, logs).ofOffsets(ranges)).isEqualTo(ranges);
    }

    @Test
    void offsetsThatAreNotThereAreRefused() {
        Logs logs = new Logs().log("ratings", 0, 2, 1, 1, 1).log("ratings", 1, 0);
        KafkaBounds bounds = bounds(RATINGS, logs);

        refused(
                () -> bounds.ofOffsets(List.of(range("ratings/0=1..5"))),
                "--offsets begins at offset 1 of ratings/0, but Kafka has removed the records"
                        + " before offset 2; --offsets ratings/0=2..5 would work");
        refused(
                () -> bounds.ofOffsets(List.of(range("ratings/0=2..6"))),
                "--offsets names offset 6 of ratings/0, but its log ends at 5; either the topic was"
                        + " made anew, or Kafka at b:1 is not the one that was meant; --from and"
                        + " --to, or --offsets ratings/0=2..5, would work");
        refused(
                () -> bounds.ofOffsets(List.of(range("ratings/3=2..6"))),
                "--offsets names partition 3 of topic ratings, which Kafka at b:1 does not have; it"
                        + " has ratings/0=2..5 ratings/1=0..0");
        refused(
                () -> bounds.ofOffsets(List.of(range("clicks/0=2..6"))),
                "--offsets names topic clicks, but the pipeline learns from topic ratings; name it"
                        + " under topics or profiles in the pipeline file, or choose by --from"
                        + " and --to");
        refused(
                () -> bounds.ofOffsets(List.of(range("ratings/0=2..3"), range("ratings/0=3..4"))),
                "--offsets names ratings/0 twice; expected one range for each partition");
        refused(
                () -> bounds.ofOffsets(List.of(range("ratings/0=3..3"), range("ratings/1=0..0"))),
                "--offsets holds no record: every range ends where it begins");
    }

    @Test
    void offsetsOfOneTopicOfTwoAreRefused() {
        Logs logs =
                new Logs()
                        .log("impressions", 0, 0, 1)
                        .log("clicks", 0, 0, 1)
                        .log("clicks", 1, 0, 1);

        refused(
                () -> bounds(CLICKS, logs).ofOffsets(List.of(range("impressions/0=0..1"))),
                "--offsets names no partition of topic clicks, which the pipeline learns from;"
                        + " Kafka has clicks/0=0..1 clicks/1=0..1");
    }

    // -- brokers and topics

    @Test
    void ofAnAbsentTopicTheOnesNamedAlikeAreTold() {
        refused(
                () ->
                        bounds(
                                RATINGS,
                                new Logs()
                                        .others("Rating", "clicks", "ratings-v2", "ratnigs", "x")),
                "Kafka at b:1 has no topic ratings; it has Rating, ratings-v2, ratnigs, which the pipeline"
                        + " could name under topics");
    }

    @Test
    void ofAnAbsentTopicUnlikeAllSomeAreTold() {
        refused(
                () -> bounds(RATINGS, new Logs().others("clicks", "b", "__consumer_offsets")),
                "Kafka at b:1 has no topic ratings; it has b, clicks, none of which is named"
                        + " alike");
        refused(
                () ->
                        bounds(
                                RATINGS,
                                new Logs()
                                        .others(
                                                "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7",
                                                "t8", "t9", "u")),
                "Kafka at b:1 has no topic ratings; it has t0, t1, t2, t3, t4, t5, t6, t7, t8, t9"
                        + " and others, none of which is named alike");
        refused(
                () -> bounds(RATINGS, new Logs()),
                "Kafka at b:1 has no topic ratings; it has no topics");
    }

    @Test
    void silentBrokersAreTold() {
        Logs logs = new Logs().log("ratings", 0, 0, 1);
        logs.setOffsetsException(new TimeoutException("no answer"));

        refused(
                () -> bounds(RATINGS, logs),
                "no Kafka broker answers at b:1 within 5 s; is it running, and does"
                        + " kafka.bootstrap-servers or --bootstrap-servers name it?");
    }

    @Test
    void brokersThatRefuseAreTold() {
        Logs logs = new Logs().log("ratings", 0, 0, 1);
        logs.setOffsetsException(new AuthorizationException("no entry"));

        refused(
                () -> bounds(RATINGS, logs),
                "Kafka at b:1 could not tell where topics begin: no entry");
    }

    private static KafkaBounds bounds(KafkaTopics topics, Logs logs) {
        return new KafkaBounds(topics, logs, Duration.ofSeconds(5));
    }

    private static KafkaRange range(String text) {
        return KafkaRange.parse(text);
    }

    private static Manifest ratings(long version, Map<Integer, Long> offsets) {
        return KafkaRecords.version(version, Map.of("ratings", offsets));
    }

    private static void refused(ThrowingCallable asked, String sentence) {
        assertThatThrownBy(asked).isInstanceOf(HistoryException.class).hasMessage(sentence);
    }
}
