package io.millrace.jobs.movielens;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reads lists of users. */
final class Users {

    private static final String LINE_100K = "user|age|gender|occupation|zip code";
    private static final String LINE_1M = "user::gender::age::occupation::zip code";
    private static final int FIELDS = 5;
    private static final int REGION = 3;

    private Users() {}

    /** The features by user of a {@code u.user}. */
    static Map<Long, Map<String, Object>> of100K(Path file) {
        Map<Long, Map<String, Object>> users = new HashMap<>();
        for (CatalogLine line : CatalogLine.of(file, "|")) {
            users.put(
                    line.require(FIELDS, LINE_100K).number(0, LINE_100K),
                    features(line.number(1, LINE_100K), line.text(2), line.text(3), line.text(4)));
        }
        return users;
    }

    /** The features by user of a {@code users.dat}. */
    static Map<Long, Map<String, Object>> of1M(Path file) {
        Map<Long, Map<String, Object>> users = new HashMap<>();
        for (CatalogLine line : CatalogLine.of(file, "::")) {
            users.put(
                    line.require(FIELDS, LINE_1M).number(0, LINE_1M),
                    features(
                            line.number(2, LINE_1M),
                            line.text(1),
                            line.number(3, LINE_1M),
                            line.text(4)));
        }
        return users;
    }

    /**
     * @param occupation a name or a code
     */
    private static Map<String, Object> features(
            long age, String gender, Object occupation, String zipCode) {
        String zip = zipCode.strip();
        return Map.of(
                "age",
                age,
                "gender",
                gender,
                "occupation",
                occupation,
                "zip",
                zip,
                "zip3",
                zip.substring(0, Math.min(REGION, zip.length())));
    }
}
