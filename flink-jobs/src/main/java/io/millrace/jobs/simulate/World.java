package io.millrace.jobs.simulate;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A world in which every click probability is known; a function of its seed and settings.
 *
 * <p>A user clicks an item shown at position k with probability
 *
 * <pre>examination(k) * sigmoid(bias + taste(user, time) . traits(item) + quality(item)
 *     + device effect + hour effect)</pre>
 *
 * the examination hypothesis of position bias (Richardson, Dominowska and Ragno, "Predicting
 * clicks", WWW 2007). Tastes and traits are Gaussian vectors; the items of a category have most of
 * their traits in common. Users and items are drawn with Zipf-like popularity.
 */
public final class World {

    private static final int DIMENSION = 8;
    private static final double BIAS = -0.9;
    private static final double TASTE = 2.2;
    private static final double FADING = 0.75;
    private static final double QUALITY = 1.2;
    private static final double DRIFT_ANGLE = Math.toRadians(60);
    private static final double HOUR = 0.15;
    private static final double CATEGORY_SHARE = 0.9;
    private static final double USER_SKEW = 0.7;
    private static final double ITEM_SKEW = 0.8;
    private static final double EXAMINATION_DECAY = 0.8;
    private static final double MILLIS_PER_DAY = 86_400_000.0;

    private static final List<String> DEVICES = List.of("phone", "desktop", "tablet");
    private static final double[] DEVICE_EFFECT = {0.1, -0.1, -0.2};

    private final WorldSettings settings;
    private final double[][] tastesBefore;
    private final double[][] tastesAfter;
    private final int[] categories;
    private final double[][] traits;
    private final double[] qualities;
    private final Popularity userPopularity;
    private final Popularity itemPopularity;

    public World(long seed, WorldSettings settings) {
        this.settings = settings;
        RandomGenerator random = Seeds.generator(seed, "world");
        tastesBefore = tastes(random, settings.users());
        tastesAfter = tastes(random, settings.users());
        int allItems = settings.items() + settings.newItems();
        double[][] centroids = gaussian(random, settings.categories());
        categories = random.ints(allItems, 0, settings.categories()).toArray();
        traits = gaussian(random, allItems);
        for (int item = 0; item < allItems; item++) {
            moveTowards(centroids[categories[item]], traits[item]);
        }
        qualities = random.doubles(allItems).map(u -> QUALITY * (2 * u - 1)).toArray();
        userPopularity = Popularity.zipf(random, settings.users(), USER_SKEW);
        itemPopularity = Popularity.zipf(random, allItems, ITEM_SKEW);
    }

    public WorldSettings settings() {
        return settings;
    }

    /** Items that exist at {@code time}; item {@code i} exists when it is below this number. */
    public int items(long time) {
        return settings.items() + (int) (progress(time) * settings.newItems());
    }

    /** The true probability of a click. */
    public double clickProbability(View view) {
        double affinity =
                BIAS
                        + taste(view.user(), view.item(), progress(view.time()))
                        + qualities[view.item()]
                        + DEVICE_EFFECT[view.device()]
                        + hourEffect(view.time());
        return examination(view.position()) / (1 + Math.exp(-affinity));
    }

    /** The probability that a user looks at a position, 1 for the first. */
    public static double examination(int position) {
        return Math.pow(position, -EXAMINATION_DECAY);
    }

    /** Draws who sees what, where and on what at {@code time}. */
    View draw(RandomGenerator random, long time) {
        return new View(
                time,
                userPopularity.draw(random, settings.users()),
                itemPopularity.draw(random, items(time)),
                1 + random.nextInt(settings.positions()),
                random.nextInt(DEVICES.size()));
    }

    /** Draws a user, popular ones more often. */
    int drawUser(RandomGenerator random) {
        return userPopularity.draw(random, settings.users());
    }

    static String userName(int user) {
        return "u" + user;
    }

    static String itemName(int item) {
        return "i" + item;
    }

    String category(int item) {
        return "c" + categories[item];
    }

    static String deviceName(int device) {
        return DEVICES.get(device);
    }

    static int devices() {
        return DEVICES.size();
    }

    /** Fraction of the duration that has passed, in [0, 1]. */
    private double progress(long time) {
        double passed = time - settings.start().toEpochMilli();
        return Math.min(1, Math.max(0, passed / settings.duration().toMillis()));
    }

    private double taste(int user, int item, double progress) {
        double after = afterShare(progress);
        // The angle, not the share itself, moves evenly, so that tastes keep their strength.
        double keep = Math.cos(after * DRIFT_ANGLE);
        double gain = Math.sin(after * DRIFT_ANGLE);
        double sum = 0;
        for (int i = 0; i < DIMENSION; i++) {
            sum += (keep * tastesBefore[user][i] + gain * tastesAfter[user][i]) * traits[item][i];
        }
        return sum;
    }

    private double afterShare(double progress) {
        return switch (settings.drift()) {
            case NONE -> 0;
            case ABRUPT -> progress < 0.5 ? 0 : 1;
            case SMOOTH -> Math.min(1, Math.max(0, 2 * progress - 0.5));
        };
    }

    private static double hourEffect(long time) {
        return HOUR * Math.sin(2 * Math.PI * time / MILLIS_PER_DAY);
    }

    /** Each dimension matters less than the one before; their product with traits has TASTE. */
    private static double[][] tastes(RandomGenerator random, int rows) {
        double[][] tastes = gaussian(random, rows);
        double first =
                TASTE * Math.sqrt((1 - FADING * FADING) / (1 - Math.pow(FADING, 2 * DIMENSION)));
        for (double[] taste : tastes) {
            for (int i = 0; i < DIMENSION; i++) {
                taste[i] *= first * Math.pow(FADING, i);
            }
        }
        return tastes;
    }

    private static double[][] gaussian(RandomGenerator random, int rows) {
        double[][] vectors = new double[rows][DIMENSION];
        for (double[] vector : vectors) {
            Arrays.setAll(vector, i -> random.nextGaussian());
        }
        return vectors;
    }

    /** Mixes the category's traits into an item's own, keeping their variance. */
    private static void moveTowards(double[] centroid, double[] own) {
        for (int i = 0; i < DIMENSION; i++) {
            own[i] =
                    Math.sqrt(CATEGORY_SHARE) * centroid[i]
                            + Math.sqrt(1 - CATEGORY_SHARE) * own[i];
        }
    }
}
