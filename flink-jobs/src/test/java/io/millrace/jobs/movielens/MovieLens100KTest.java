package io.millrace.jobs.movielens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.schemas.Rating;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MovieLens100KTest {

    private static final String LOCATION = "millrace.ml-100k";

    @TempDir Path directory;

    @BeforeEach
    void writeSmallDataSet() throws IOException {
        write("u.genre", "unknown|0\nAction|1\nComedy|2\n\n");
        write("u.user", "1|24|M|technician|85711\n2|53|F|other|T8H1N\n10|7|M|student|9\n");
        write(
                "u.item",
                """
                1|Made Up (1995)|01-Jan-1996||http://example.org|0|1|1
                2|Caf\u00e9 (II) (1987) (V)|||http://example.org|0|0|0
                3|Untitled|04-Feb-1971|||1|0|0
                4|unknown||||1|0|0
                """);
        write(
                "u.data",
                """
                2\t1\t3\t200
                10\t2\t4\t100
                2\t3\t5\t100
                2\t2\t1\t100
                1\t4\t2\t300
                """);
    }

    @Test
    void usageExample() {
        MovieLens100K movieLens = new MovieLens100K(directory);

        assertThat(movieLens.size()).isEqualTo(5);
        assertThat(movieLens.ratings().skip(3).findFirst())
                .contains(
                        new Rating(
                                200_000L,
                                "2",
                                "1",
                                3.0,
                                Map.of(
                                        "age", 53L,
                                        "gender", "F",
                                        "occupation", "other",
                                        "zip", "T8H1N",
                                        "zip3", "T8H",
                                        "genres", List.of("Action", "Comedy"),
                                        "year", 1995L)));
    }

    @Test
    void ratingsAreInOrderOfTimeThenUserThenItemByNumber() {
        assertThat(ratings().stream().map(r -> r.getUser() + "/" + r.getItem()))
                .containsExactly("2/2", "2/3", "10/2", "2/1", "1/4");
    }

    @Test
    void yearComesFromTitleElseReleaseElseIsAbsent() {
        Map<String, Object> title = featuresOfItem("2");
        Map<String, Object> release = featuresOfItem("3");
        Map<String, Object> unknown = featuresOfItem("4");

        assertThat(title).containsEntry("year", 1987L).containsEntry("genres", List.of());
        assertThat(release).containsEntry("year", 1971L);
        assertThat(unknown).doesNotContainKey("year").containsEntry("genres", List.of("unknown"));
    }

    @Test
    void shortZipCodesAreTheirOwnPrefix() {
        assertThat(ratings().get(2).getFeatures())
                .containsEntry("zip", "9")
                .containsEntry("zip3", "9");
    }

    @Test
    void missingFileIsNamedWithWhereToGetIt() throws IOException {
        for (String file : List.of("u.data", "u.user", "u.item", "u.genre")) {
            byte[] content = Files.readAllBytes(directory.resolve(file));
            Files.delete(directory.resolve(file));

            assertThatThrownBy(() -> new MovieLens100K(directory))
                    .isInstanceOf(MovieLensException.class)
                    .hasMessageContaining(directory.resolve(file) + " is missing")
                    .hasMessageContaining("https://files.grouplens.org/");
            Files.write(directory.resolve(file), content);
        }
    }

    @Test
    void oddLinesAreNamedWithWhatIsExpected() throws IOException {
        assertOdd("u.data", "2\t1\t3\t200\n2,1,3,200\n", "u.data, line 2", "separated by tabs");
        assertOdd("u.data", "2\t1\t6\t200\n", "u.data, line 1", "rating from 1 to 5");
        assertOdd("u.data", "2\t1\t3\tnoon\n", "u.data, line 1", "unix seconds");
        assertOdd("u.data", "2\t1\t3\t-200\n", "u.data, line 1", "unix seconds");
        assertOdd("u.data", "3\t1\t3\t200\n", "u.data, line 1", "a user that is in u.user");
        assertOdd("u.data", "2\t9\t3\t200\n", "u.data, line 1", "an item that is in u.item");
        assertOdd("u.user", "1|24|M\n", "u.user, line 1", "user|age|gender");
        assertOdd("u.user", "1|old|M|x|9\n", "u.user, line 1", "user|age|gender");
        assertOdd("u.item", "1|A|||u|0|1\n", "u.item, line 1", "3 flags");
        assertOdd("u.item", "1|A|||u|0|1|2\n", "u.item, line 1", "3 flags 0 or 1");
        assertOdd("u.genre", "Action|1\n", "u.genre, line 1", "numbered from 0");
    }

    @Test
    void realDataIsReadWhole() {
        Path real = realData();
        assumeTrue(
                Files.exists(real.resolve("u.data")),
                () ->
                        "MovieLens 100K is not in %s; -D%s=DIR names another place"
                                .formatted(real, LOCATION));

        List<Rating> ratings = new MovieLens100K(real).ratings().toList();

        assertThat(ratings).hasSize(100_000);
        assertThat(ratings.stream().map(Rating::getUser).distinct()).hasSize(943);
        assertThat(ratings.stream().map(Rating::getItem).distinct()).hasSize(1682);
        assertThat(ratings.stream().map(Rating::getTimestamp)).isSorted();
        assertThat(ratings.stream().mapToDouble(Rating::getRating).sum()).isEqualTo(352_986);
        assertThat(ratings.stream().filter(r -> !r.getFeatures().containsKey("year")))
                .extracting(Rating::getItem)
                .containsOnly("267");
    }

    /** Beside the project's directory, unless a property says where. */
    private static Path realData() {
        String given = System.getProperty(LOCATION);
        return given != null ? Path.of(given) : Path.of("../../shared/data/ml-100k");
    }

    private void assertOdd(String file, String content, String where, String expected)
            throws IOException {
        byte[] good = Files.readAllBytes(directory.resolve(file));
        write(file, content);

        assertThatThrownBy(() -> new MovieLens100K(directory))
                .isInstanceOf(MovieLensException.class)
                .hasMessageContaining(where)
                .hasMessageContaining("expected ")
                .hasMessageContaining(expected)
                .hasMessageContaining("https://files.grouplens.org/");
        Files.write(directory.resolve(file), good);
    }

    private Map<String, Object> featuresOfItem(String item) {
        return ratings().stream()
                .filter(rating -> rating.getItem().equals(item))
                .findFirst()
                .orElseThrow()
                .getFeatures();
    }

    private List<Rating> ratings() {
        return new MovieLens100K(directory).ratings().toList();
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(directory.resolve(file), content, StandardCharsets.ISO_8859_1);
    }
}
