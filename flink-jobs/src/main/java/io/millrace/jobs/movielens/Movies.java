package io.millrace.jobs.movielens;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads lists of movies: an id, a title that ends in a year, and genres separated by bars. */
final class Movies {

    private static final String DAT_LINE = "item::title::genre|genre|...";
    private static final String CSV_LINE = "movieId,title,genres";
    private static final String NO_GENRES = "(no genres listed)";
    private static final int FIELDS = 3;

    private Movies() {}

    /** The features by item of a {@code movies.dat}. */
    static Map<Long, Map<String, Object>> ofDat(Path file) {
        Map<Long, Map<String, Object>> items = new HashMap<>();
        for (CatalogLine line : CatalogLine.of(file, "::")) {
            items.put(
                    line.require(FIELDS, DAT_LINE).number(0, DAT_LINE),
                    features(line.text(1), line.text(2)));
        }
        return items;
    }

    /** The features by item of a {@code movies.csv}, whose first line names the columns. */
    static Map<Long, Map<String, Object>> ofCsv(Path file) {
        Map<Long, Map<String, Object>> items = new HashMap<>();
        CsvMapper mapper =
                CsvMapper.builder()
                        .enable(CsvParser.Feature.WRAP_AS_ARRAY)
                        .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
                        .build();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                MappingIterator<String[]> rows =
                        mapper.readerFor(String[].class).readValues(reader)) {
            boolean isHeader = true;
            while (rows.hasNextValue()) {
                JsonLocation place = rows.getCurrentLocation();
                String[] row = rows.nextValue();
                if (!isHeader) {
                    addCsv(file, place.getLineNr(), List.of(row), items);
                }
                isHeader = false;
            }
        } catch (NoSuchFileException e) {
            throw MovieLensException.unreadable(file, "is missing", e);
        } catch (JsonProcessingException e) {
            throw MovieLensException.unreadable(file, "is not CSV: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw MovieLensException.unreadable(file, "cannot be read: " + e, e);
        }
        return items;
    }

    private static void addCsv(
            Path file, int line, List<String> fields, Map<Long, Map<String, Object>> items) {
        CatalogLine movie = new CatalogLine(file, line, String.join(",", fields), fields);
        items.put(
                movie.require(FIELDS, CSV_LINE).number(0, CSV_LINE),
                features(movie.text(1), movie.text(2)));
    }

    private static Map<String, Object> features(String title, String genres) {
        Map<String, Object> features = new HashMap<>();
        features.put(
                "genres",
                genres.isEmpty() || genres.equals(NO_GENRES)
                        ? List.of()
                        : List.of(genres.split("\\|")));
        Titles.year(title.strip()).ifPresent(year -> features.put("year", year));
        return features;
    }
}
