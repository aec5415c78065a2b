package io.millrace.jobs;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Seeded events and profiles, and what stream features say of them: restated from the raw events
 * alone, by looking at all that happened before. The features are those of {@link
 * StreamFeaturesITCase}.
 *
 * <p>Events stand on their topics up to 200 ms out of order. Some have the same time.
 */
final class StreamWorld {

    private static final long START = 1_700_000_000_000L;
    private static final long STEP = 7;
    private static final int BLOCK = 25;
    private static final long WINDOW = 1_000;
    private static final double HALF_LIFE = 2_000;

    private final List<Rated> ratings = new ArrayList<>();
    private final List<Shown> shown = new ArrayList<>();
    private final List<Known> profiles = new ArrayList<>();
    private final Random random;

    private StreamWorld(long seed) {
        random = new Random(seed);
    }

    static StreamWorld ofRatings(int count, long seed) {
        StreamWorld world = new StreamWorld(seed);
        world.makeProfiles(count);
        for (int i = 0; i < count; i++) {
            world.ratings.add(
                    new Rated(
                            i,
                            time(i),
                            world.user(),
                            world.item(),
                            world.features(),
                            1 + world.random.nextInt(5)));
        }
        return world;
    }

    /** A third is clicked in time, and a tenth late. */
    static StreamWorld ofClicks(int count, long seed) {
        StreamWorld world = new StreamWorld(seed);
        world.makeProfiles(count);
        for (int i = 0; i < count; i++) {
            double chance = world.random.nextDouble();
            Long delay =
                    chance < 0.33
                            ? (Long) (long) world.random.nextInt(1_001)
                            : chance < 0.43 ? (Long) (1_001L + world.random.nextInt(2_000)) : null;
            world.shown.add(
                    new Shown(
                            String.format("i%05d", i),
                            time(i),
                            world.user(),
                            world.item(),
                            world.features(),
                            delay));
        }
        return world;
    }

    // -- to Kafka

    void send(TestKafka kafka, PipelineConfig config) {
        PipelineConfig.Topics topics = config.topics();
        EventCodec<Rating> ratingCodec = codec(Rating.class);
        EventCodec<Impression> impressionCodec = codec(Impression.class);
        EventCodec<Click> clickCodec = codec(Click.class);
        EventCodec<Profile> profileCodec = codec(Profile.class);
        try (KafkaProducer<byte[], byte[]> producer = TestRatings.producer(kafka)) {
            String users = topics.profiles().get("users");
            for (Known profile : profiles) {
                byte[] payload =
                        profileCodec.encode(
                                new Profile(profile.user, profile.time, profile.values));
                producer.send(new ProducerRecord<>(users, key(profile.user), payload));
                // Removed later: says nothing.
                producer.send(new ProducerRecord<>(users, key("gone"), null));
            }
            arrivalOrder(ratings, Rated::time)
                    .forEach(
                            rated ->
                                    producer.send(
                                            new ProducerRecord<>(
                                                    topics.ratings(),
                                                    ratingCodec.encode(rated.event()))));
            arrivalOrder(shown, Shown::time)
                    .forEach(
                            one ->
                                    producer.send(
                                            new ProducerRecord<>(
                                                    topics.impressions(),
                                                    impressionCodec.encode(one.event()))));
            List<Shown> clicked = shown.stream().filter(one -> one.delay != null).toList();
            arrivalOrder(clicked, one -> one.time + delay(one))
                    .forEach(
                            one ->
                                    producer.send(
                                            new ProducerRecord<>(
                                                    topics.clicks(),
                                                    clickCodec.encode(
                                                            new Click(
                                                                    one.id,
                                                                    one.time + delay(one))))));
        }
    }

    /** In the order of time, and a last impression behind whose time all labels are known. */
    List<SpecificRecord> history() {
        Map<SpecificRecord, Long> times = new IdentityHashMap<>();
        List<SpecificRecord> events = new ArrayList<>();
        arrivalOrder(ratings, Rated::time)
                .forEach(rated -> add(rated.event(), rated.time, events, times));
        for (Shown one : shown) {
            add(one.event(), one.time, events, times);
            if (one.delay != null) {
                long time = one.time + one.delay;
                add(new Click(one.id, time), time, events, times);
            }
        }
        events.sort(Comparator.comparing(times::get));
        if (!shown.isEmpty()) {
            events.add(new Impression("last", START + 1_000_000, "u", "m", Map.of()));
        }
        return events;
    }

    private static void add(
            SpecificRecord event,
            long time,
            List<SpecificRecord> events,
            Map<SpecificRecord, Long> times) {
        events.add(event);
        times.put(event, time);
    }

    /** The same events. */
    StreamWorld withoutProfiles() {
        StreamWorld same = new StreamWorld(0);
        same.ratings.addAll(ratings);
        same.shown.addAll(shown);
        return same;
    }

    /** Ratings of a time after all others, by users and of items that differ. */
    List<Rated> probes(int count) {
        List<Rated> probes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            probes.add(
                    new Rated(
                            ratings.size() + i,
                            time(ratings.size()) + 500,
                            "u" + i,
                            "m" + i,
                            Map.of("genres", List.of("g1", "g2")),
                            3));
        }
        return probes;
    }

    void sendProbes(TestKafka kafka, PipelineConfig config, List<Rated> probes) {
        EventCodec<Rating> codec = codec(Rating.class);
        try (KafkaProducer<byte[], byte[]> producer = TestRatings.producer(kafka)) {
            for (Rated probe : probes) {
                producer.send(
                        new ProducerRecord<>(
                                config.topics().ratings(), codec.encode(probe.event())));
            }
        }
    }

    int examples() {
        return ratings.size();
    }

    // -- what is expected

    /** The examples in their order. */
    List<Expected> expected() {
        return ratings.isEmpty() ? expectedOfClicks() : expectedOfRatings();
    }

    /** Ratings of the same time are in the order of their arrival. */
    private List<Expected> expectedOfRatings() {
        List<Rated> order = arrivalOrder(ratings, Rated::time);
        order.sort(Comparator.comparingLong(Rated::time));
        List<Happened> before = new ArrayList<>();
        List<Expected> expected = new ArrayList<>();
        for (Rated one : order) {
            expected.add(
                    new Expected(
                            one.time,
                            one.user,
                            one.item,
                            one.features,
                            derived(one.user, one.item, one.features, one.time, before, 3.5),
                            one.rating,
                            1));
            before.add(
                    new Happened(
                            one.time, one.user, one.item, one.features, true, true, one.rating, 1));
        }
        return expected;
    }

    private List<Expected> expectedOfClicks() {
        List<Step> steps = new ArrayList<>();
        for (Shown one : shown) {
            steps.add(new Step(one.time, 0, one, Kind.SHOWN));
            if (one.delay != null && one.delay <= WINDOW) {
                steps.add(new Step(one.time + one.delay, 1, one, Kind.CLICK));
            } else {
                steps.add(new Step(one.time + WINDOW, 1, one, Kind.TIMEOUT));
                if (one.delay != null) {
                    steps.add(new Step(one.time + one.delay, 1, one, Kind.LATE_CLICK));
                }
            }
        }
        steps.sort(
                Comparator.comparingLong(Step::time)
                        .thenComparingInt(Step::rank)
                        .thenComparing(step -> step.of.id));
        List<Happened> before = new ArrayList<>();
        Map<String, Map<String, Object>> derived = new HashMap<>();
        List<Expected> expected = new ArrayList<>();
        for (Step step : steps) {
            Shown one = step.of;
            switch (step.kind) {
                case SHOWN -> {
                    derived.put(
                            one.id,
                            derived(
                                    one.user,
                                    one.item,
                                    one.features,
                                    one.time,
                                    ofEarlierTimes(before, one.time),
                                    0.2));
                    before.add(happened(step, true, false, 0, 0));
                }
                case CLICK -> {
                    expected.add(expected(one, derived.get(one.id), 1, 1));
                    before.add(happened(step, false, true, 1, 1));
                }
                case TIMEOUT -> {
                    expected.add(expected(one, derived.get(one.id), 0, 1));
                    before.add(happened(step, false, false, 0, 1));
                }
                case LATE_CLICK -> {
                    expected.add(expected(one, derived.get(one.id), 0, -1));
                    expected.add(expected(one, derived.get(one.id), 1, 1));
                    before.add(happened(step, false, false, 0, -1));
                    before.add(happened(step, false, true, 1, 1));
                }
            }
        }
        return expected;
    }

    /** Impressions of the same time do not see each other. */
    private static List<Happened> ofEarlierTimes(List<Happened> before, long time) {
        return before.stream().filter(happened -> happened.time < time).toList();
    }

    private static Happened happened(
            Step step, boolean isShown, boolean isClick, double sum, int labels) {
        Shown one = step.of;
        return new Happened(
                step.time, one.user, one.item, one.features, isShown, isClick, sum, labels);
    }

    private static Expected expected(
            Shown one, Map<String, Object> derived, float label, float weight) {
        return new Expected(one.time, one.user, one.item, one.features, derived, label, weight);
    }

    private Map<String, Object> derived(
            String user,
            String item,
            Map<String, Object> features,
            long time,
            List<Happened> before,
            double prior) {
        Map<String, Object> values = new HashMap<>();
        double userMean = mean(before, h -> h.user.equals(user), prior, 5);
        values.put("user-mean", userMean);
        List<String> genres = genres(features);
        if (!genres.isEmpty()) {
            double sum = 0;
            for (String genre : genres) {
                sum +=
                        mean(
                                before,
                                h -> h.user.equals(user) && genres(h.features).contains(genre),
                                userMean,
                                3);
            }
            values.put("user-genre", sum / genres.size());
        }
        double count = 0;
        double trend = 0;
        List<String> history = new ArrayList<>();
        for (Happened one : before) {
            if (one.item.equals(item)) {
                count += one.isClickOrRating ? 1 : 0;
                trend += one.isShownOrRating ? Math.pow(2, -(time - one.time) / HALF_LIFE) : 0;
            }
            if (one.user.equals(user) && one.isClickOrRating) {
                history.add(one.item);
                values.put("idle", (time - one.time) / 1000.0);
            }
        }
        values.put("item-count", count);
        values.put("item-trend", trend);
        values.put("history", history.subList(Math.max(0, history.size() - 4), history.size()));
        for (Known profile : profiles) {
            if (profile.user.equals(user) && profile.time <= time) {
                profile.values.forEach((field, value) -> values.put("users." + field, value));
            }
        }
        return values;
    }

    private static double mean(
            List<Happened> before,
            java.util.function.Predicate<Happened> of,
            double prior,
            double strength) {
        double sum = 0;
        double count = 0;
        for (Happened one : before) {
            if (of.test(one)) {
                sum += one.sum;
                count += one.labels;
            }
        }
        return (sum + strength * prior) / (count + strength);
    }

    @SuppressWarnings("unchecked")
    private static List<String> genres(Map<String, Object> features) {
        return (List<String>) features.getOrDefault("genres", List.of());
    }

    // -- making it

    private void makeProfiles(int events) {
        for (int i = 0; i < 60; i++) {
            profiles.add(
                    new Known(
                            "u" + random.nextInt(15),
                            START + random.nextInt((int) (events * STEP)) / 2,
                            Map.of("age", (long) random.nextInt(80), "city", "c" + i % 5)));
        }
        profiles.sort(Comparator.comparingLong(Known::time));
    }

    /** Two neighbours now and then have the same time. */
    private static long time(int i) {
        return START + (i / 5 * 5 + Math.min(i % 5, 3)) * STEP;
    }

    private String user() {
        return "u" + random.nextInt(20);
    }

    private String item() {
        return "m" + random.nextInt(30);
    }

    private Map<String, Object> features() {
        int genres = random.nextInt(3);
        return genres == 0
                ? Map.of()
                : genres == 1
                        ? Map.of("genres", List.of("g" + random.nextInt(4)))
                        : Map.of("genres", List.of("g1", "g2"));
    }

    /** The same each time. */
    private static <T> List<T> arrivalOrder(
            List<T> events, java.util.function.ToLongFunction<T> time) {
        List<T> order = new ArrayList<>(events);
        order.sort(Comparator.comparingLong(time));
        Random shuffles = new Random(7);
        for (int from = 0; from < order.size(); from += BLOCK) {
            Collections.shuffle(
                    order.subList(from, Math.min(from + BLOCK, order.size())), shuffles);
        }
        return order;
    }

    private static long delay(Shown one) {
        return one.delay == null ? 0 : one.delay;
    }

    private static byte[] key(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static <T extends SpecificRecord> EventCodec<T> codec(Class<T> type) {
        return EventCodec.of(type, EventFormat.AVRO);
    }

    record Rated(
            int number,
            long time,
            String user,
            String item,
            Map<String, Object> features,
            float rating) {
        Rating event() {
            return new Rating(time, user, item, (double) rating, features);
        }
    }

    private record Shown(
            String id,
            long time,
            String user,
            String item,
            Map<String, Object> features,
            @Nullable Long delay) {
        Impression event() {
            return new Impression(id, time, user, item, features);
        }
    }

    private record Known(String user, long time, Map<String, Object> values) {}

    private enum Kind {
        SHOWN,
        CLICK,
        TIMEOUT,
        LATE_CLICK
    }

    private record Step(long time, int rank, Shown of, Kind kind) {}

    /** Something that happened: of labels their sum and how many. */
    private record Happened(
            long time,
            String user,
            String item,
            Map<String, Object> features,
            boolean isShownOrRating,
            boolean isClickOrRating,
            double sum,
            int labels) {}

    /** An example in plain values. */
    record Expected(
            long time,
            String user,
            String item,
            Map<String, Object> features,
            Map<String, Object> derived,
            float label,
            float weight) {}
}
