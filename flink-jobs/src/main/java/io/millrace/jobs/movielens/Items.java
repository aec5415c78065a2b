package io.millrace.jobs.movielens;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads lines of {@code u.item}: five fields, then one flag a genre. */
final class Items {

    private static final int FIRST_GENRE = 5;
    private static final String GENRE_LINE = "genre|number, numbered from 0";

    /** "Heat (1995)" and "The Land Before Time III (1995) (V)", not "1984" or "Nixon (I)". */
    private static final Pattern TITLE_YEAR = Pattern.compile(".*\\((\\d{4})\\)");

    private static final Pattern RELEASE_YEAR = Pattern.compile("\\d+-\\w{3}-(\\d{4})");

    private final List<String> genres;
    private final String expected;

    /** Takes the lines of {@code u.genre}. */
    Items(List<Line> genreLines) {
        genres = new ArrayList<>();
        for (Line line : genreLines) {
            if (line.require(2, GENRE_LINE).number(1, GENRE_LINE) != genres.size()) {
                throw MovieLensException.odd(line, GENRE_LINE);
            }
            genres.add(line.text(0));
        }
        expected =
                "item|title|release date|video release date|URL and %d flags 0 or 1, one a genre"
                        .formatted(genres.size());
    }

    long id(Line line) {
        return line.require(FIRST_GENRE + genres.size(), expected).number(0, expected);
    }

    Map<String, Object> features(Line line) {
        Map<String, Object> features = new HashMap<>();
        features.put("genres", genres(line));
        year(line).ifPresent(year -> features.put("year", year));
        return features;
    }

    private List<String> genres(Line line) {
        List<String> present = new ArrayList<>();
        for (int i = 0; i < genres.size(); i++) {
            switch (line.text(FIRST_GENRE + i)) {
                case "1" -> present.add(genres.get(i));
                case "0" -> {}
                default -> throw MovieLensException.odd(line, expected);
            }
        }
        return List.copyOf(present);
    }

    private static OptionalLong year(Line line) {
        Matcher title = TITLE_YEAR.matcher(line.text(1));
        if (title.lookingAt()) {
            return OptionalLong.of(Long.parseLong(title.group(1)));
        }
        Matcher release = RELEASE_YEAR.matcher(line.text(2));
        return release.matches()
                ? OptionalLong.of(Long.parseLong(release.group(1)))
                : OptionalLong.empty();
    }
}
