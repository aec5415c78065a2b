package io.millrace.jobs.simulate;

import io.millrace.schemas.Candidate;
import io.millrace.schemas.ScoreRequest;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Requests to score items for random users of a world, as if each were shown at position 1. */
public final class ScoreRequests {

    private final World world;
    private final String idPrefix;
    private final int candidates;
    private final RandomGenerator random;
    private long made;

    /**
     * @param candidates items in a request; fewer when the world has fewer
     */
    public ScoreRequests(World world, long seed, int candidates) {
        this.world = world;
        this.candidates = candidates;
        idPrefix = "r" + Long.toUnsignedString(seed, Character.MAX_RADIX) + "-";
        random = Seeds.generator(seed, "score requests");
    }

    /** A request made at {@code time} for different items that exist then. */
    public ScoreRequest next(long time) {
        int items = world.items(time);
        List<Candidate> drawn =
                random.ints(0, items)
                        .distinct()
                        .limit(Math.min(candidates, items))
                        .mapToObj(this::candidate)
                        .toList();
        return new ScoreRequest(
                idPrefix + made++,
                time,
                World.userName(world.drawUser(random)),
                Map.of("position", 1L, "device", World.deviceName(random.nextInt(World.devices()))),
                drawn);
    }

    private Candidate candidate(int item) {
        return new Candidate(World.itemName(item), Map.of("category", world.category(item)));
    }
}
