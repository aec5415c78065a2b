package io.millrace.jobs.movielens;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A line of a list of users, items or genres, cut into fields.
 *
 * @param number from 1
 */
record CatalogLine(Path file, int number, String text, List<String> fields) {

    /** The lines of a file in ISO-8859-1 that are not blank. */
    static List<CatalogLine> of(Path file, String separator) {
        List<String> texts = read(file);
        List<CatalogLine> lines = new ArrayList<>(texts.size());
        Pattern cuts = Pattern.compile(separator, Pattern.LITERAL);
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            if (!text.isBlank()) {
                lines.add(new CatalogLine(file, i + 1, text, List.of(cuts.split(text, -1))));
            }
        }
        return lines;
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw MovieLensException.unreadable(file, "is missing", e);
        } catch (IOException e) {
            throw MovieLensException.unreadable(file, "cannot be read: " + e, e);
        }
    }

    /** Checks the number of fields. */
    CatalogLine require(int count, String expected) {
        if (fields.size() != count) {
            throw MovieLensException.odd(this, expected);
        }
        return this;
    }

    String text(int field) {
        return fields.get(field);
    }

    /** The field as a whole number that is not negative. */
    long number(int field, String expected) {
        try {
            long number = Long.parseLong(fields.get(field).strip());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Answered below, as a negative number is.
        }
        throw MovieLensException.odd(this, expected);
    }
}
