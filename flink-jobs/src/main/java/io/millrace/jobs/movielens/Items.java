package io.millrace.jobs.movielens;

import java.nio.file.Path;
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

    private static final Pattern RELEASE_YEAR = Pattern.compile("\\d+-\\w{3}-(\\d{4})");

    private final List<String> genres;
    private final String expected;

    /** Takes the lines of {@code u.genre}. */
    private Items(List<CatalogLine> genreLines) {
        genres = new ArrayList<>();
        for (CatalogLine line : genreLines) {
            if (line.require(2, GENRE_LINE).number(1, GENRE_LINE) != genres.size()) {
                throw MovieLensException.odd(line, GENRE_LINE);
            }
            genres.add(line.text(0));
        }
        expected =
                "item|title|release date|video release date|URL and %d flags 0 or 1, one a genre"
                        .formatted(genres.size());
    }

    /** The features by item of a {@code u.item}. */
    static Map<Long, Map<String, Object>> of100K(Path items, Path genres) {
        Items parser = new Items(CatalogLine.of(genres, "|"));
        Map<Long, Map<String, Object>> features = new HashMap<>();
        for (CatalogLine line : CatalogLine.of(items, "|")) {
            features.put(parser.id(line), parser.features(line));
        }
        return features;
    }

    private long id(CatalogLine line) {
        return line.require(FIRST_GENRE + genres.size(), expected).number(0, expected);
    }

    private Map<String, Object> features(CatalogLine line) {
        Map<String, Object> features = new HashMap<>();
        features.put("genres", genres(line));
        year(line).ifPresent(year -> features.put("year", year));
        return features;
    }

    private List<String> genres(CatalogLine line) {
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

    private static OptionalLong year(CatalogLine line) {
        OptionalLong title = Titles.year(line.text(1));
        if (title.isPresent()) {
            return title;
        }
        Matcher release = RELEASE_YEAR.matcher(line.text(2));
        return release.matches()
                ? OptionalLong.of(Long.parseLong(release.group(1)))
                : OptionalLong.empty();
    }
}
