package io.millrace.jobs.movielens;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the year in a movie's title. */
final class Titles {

    /** "Heat (1995)" and "The Land Before Time III (1995) (V)", not "1984" or "Nixon (I)". */
    private static final Pattern YEAR = Pattern.compile(".*\\((\\d{4})\\)");

    private Titles() {}

    static OptionalLong year(String title) {
        Matcher matcher = YEAR.matcher(title);
        return matcher.lookingAt()
                ? OptionalLong.of(Long.parseLong(matcher.group(1)))
                : OptionalLong.empty();
    }
}
