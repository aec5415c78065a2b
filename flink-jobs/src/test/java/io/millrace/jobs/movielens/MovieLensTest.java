package io.millrace.jobs.movielens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.jobs.history.file.ReadEvents;
import io.millrace.jobs.history.file.RowHistory;
import io.millrace.jobs.history.file.ToldRows;
import io.millrace.schemas.Rating;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MovieLensTest {

    private static final Map<String, Object> TOY_STORY =
            Map.of("genres", List.of("Animation", "Children's"), "year", 1995L);

    @TempDir Path directory;

    private final ToldRows badRows = new ToldRows();
    private Path scratch;
    private Path data;

    @BeforeEach
    void makeDirectories() throws IOException {
        scratch = Files.createDirectory(directory.resolve("scratch"));
        data = Files.createDirectory(directory.resolve("data"));
    }

    @Test
    void the100KHasUsersAndItemsWithGenreFlags() throws Exception {
        latin("u.genre", "unknown|0\nAction|1\n");
        latin("u.user", "1|24|M|technician|85711\n2|53|F|other|T8H1N\n");
        latin("u.item", "1|Made Up (1995)|01-Jan-1996||http://example.org|0|1\n2|X||||0|0\n");
        latin("u.data", "2\t1\t3\t200\n1\t2\t5\t100\n3\t1\t1\t50\n1\t9\t1\t60\n1\t1\t3.5\t70\n");

        FileHistory history = read();

        assertThat(ReadEvents.records(history))
                .containsExactly(
                        new Rating(
                                100_000L,
                                "1",
                                "2",
                                5.0,
                                Map.of(
                                        "age", 24L,
                                        "gender", "M",
                                        "occupation", "technician",
                                        "zip", "85711",
                                        "zip3", "857",
                                        "genres", List.of())),
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
                                        "genres", List.of("Action"),
                                        "year", 1995L)));
        assertThat(badRows.told())
                .containsExactly(
                        "u.data:3: expected a user that is in u.user, found" + " \"3\t1\t1\t50\"",
                        "u.data:4: expected an item that is in u.item, found" + " \"1\t9\t1\t60\"",
                        "u.data:5: expected user, item, rating from 1 to 5 and unix seconds,"
                                + " separated by tabs, found \"1\t1\t3.5\t70\"");
        assertThat(history.facts())
                .containsEntry("source", "MovieLens 100K " + data)
                .containsEntry("bad_rows", "3");
    }

    @Test
    void the1MHasCodesOfUsersAndNamesOfGenres() throws Exception {
        latin("users.dat", "1::F::1::10::48067\n2::M::56::16::70072-1234\n");
        latin(
                "movies.dat",
                "1::Toy Story (1995)::Animation|Children's\n2::Caf\u00e9: Au Lait (1993)::Comedy\n");
        latin("ratings.dat", "1::2::5::978300760\n1::1::3::978300760\n2::1::4::978300000\n");

        FileHistory history = read();

        List<SpecificRecord> ratings = ReadEvents.records(history);
        assertThat(ReadEvents.places(history))
                .containsExactly("ratings.dat:3", "ratings.dat:2", "ratings.dat:1");
        assertThat(ratings.get(0))
                .isEqualTo(
                        new Rating(
                                978_300_000_000L,
                                "2",
                                "1",
                                4.0,
                                Map.of(
                                        "age",
                                        56L,
                                        "gender",
                                        "M",
                                        "occupation",
                                        16L,
                                        "zip",
                                        "70072-1234",
                                        "zip3",
                                        "700",
                                        "genres",
                                        List.of("Animation", "Children's"),
                                        "year",
                                        1995L)));
        assertThat(((Rating) ratings.get(2)).getFeatures()).containsEntry("year", 1993L);
        assertThat(history.name()).isEqualTo("MovieLens 1M " + data);
        assertThat(badRows.told()).isEmpty();
    }

    @Test
    void the10MHasHalfStarsAndNoUsers() throws Exception {
        latin("movies.dat", "1::Toy Story (1995)::Animation|Children's\n");
        latin("ratings.dat", "7::1::4.5::978300000\n7::1::0::978300000\n");

        FileHistory history = read();

        assertThat(ReadEvents.records(history))
                .containsExactly(new Rating(978_300_000_000L, "7", "1", 4.5, TOY_STORY));
        assertThat(history.name()).isEqualTo("MovieLens 10M " + data);
        assertThat(badRows.told())
                .containsExactly(
                        "ratings.dat:2: expected user, item, rating from 0.5 to 5 in steps of 0.5"
                                + " and unix seconds, separated by two colons, found"
                                + " \"7::1::0::978300000\"");
    }

    @Test
    void theCsvHasQuotedTitlesAndHeaders() throws Exception {
        write(
                "movies.csv",
                """
                movieId,title,genres
                1,Toy Story (1995),Animation|Children's
                11,"American President, The (1995)",Comedy|Drama
                12,"The ""Quoted"", Movie (1990) ",(no genres listed)
                13,Caf\u00e9 without a year,Com\u00e9die
                """,
                StandardCharsets.UTF_8);
        latin(
                "ratings.csv",
                """
                userId,movieId,rating,timestamp
                1,11,4.0,1147880044
                1,13,0.5,1147868817
                2,1,3.5,1147868817
                2,12,5.0,1147868818
                2,12,4.25,1147868818
                2,12,5.5,1147868818
                2,12,NaN,1147868818
                2,12,5.0,-1
                2,12,5.0,999999999999
                -2,12,5.0,1
                2,99999999999,5.0,1
                2,12,5.0
                """);

        FileHistory history = read();

        List<SpecificRecord> ratings = ReadEvents.records(history);
        assertThat(ReadEvents.places(history))
                .containsExactly(
                        "ratings.csv:3", "ratings.csv:4", "ratings.csv:5", "ratings.csv:2");
        assertThat(ratings.get(0))
                .isEqualTo(
                        new Rating(
                                1_147_868_817_000L,
                                "1",
                                "13",
                                0.5,
                                Map.of("genres", List.of("Com\u00e9die"))));
        assertThat(ratings.get(1))
                .isEqualTo(new Rating(1_147_868_817_000L, "2", "1", 3.5, TOY_STORY));
        assertThat(((Rating) ratings.get(2)).getFeatures())
                .isEqualTo(Map.of("genres", List.of(), "year", 1990L));
        assertThat(((Rating) ratings.get(3)).getFeatures())
                .isEqualTo(Map.of("genres", List.of("Comedy", "Drama"), "year", 1995L));
        assertThat(badRows.told()).hasSize(8).allMatch(told -> told.contains("in steps of 0.5"));
        assertThat(history.facts()).containsEntry("bad_rows", "8");
    }

    @Test
    void sameTimesAreByUserThenItemByNumber() throws Exception {
        latin("movies.dat", "1::A::X\n2::B::X\n10::C::X\n");
        latin("ratings.dat", "10::1::1::5\n2::10::1::5\n2::2::1::5\n2::1::1::5\n");

        assertThat(ReadEvents.records(read()))
                .extracting(r -> ((Rating) r).getUser() + "/" + ((Rating) r).getItem())
                .containsExactly("2/1", "2/2", "2/10", "10/1");
    }

    @Test
    void aListThatIsNotAsExpectedIsNamed() throws Exception {
        latin("ratings.dat", "7::1::4.5::978300000\n");
        latin("movies.dat", "1::Toy Story (1995)\n");
        assertRefused("movies.dat, line 1: expected item::title::genre|genre|...");

        latin("movies.dat", "1::Toy Story (1995)::Comedy\n");
        latin("users.dat", "1::F::young::10::48067\n");
        assertRefused("users.dat, line 1: expected user::gender::age::occupation::zip code");

        Files.delete(data.resolve("movies.dat"));
        Files.delete(data.resolve("users.dat"));
        assertRefused("movies.dat is missing");

        Files.move(data.resolve("ratings.dat"), data.resolve("ratings.csv"));
        assertRefused("movies.csv is missing");
        latin("movies.csv", "movieId,title,genres\n1,A,B\n\nx,\"A, B\",C\n");
        assertRefused("movies.csv, line 4: expected movieId,title,genres, found \"x,A, B,C\"");
        latin("movies.csv", "movieId,title,genres\n1,\"A,B\n");
        assertRefused("movies.csv is not CSV");
    }

    @Test
    void otherDirectoriesHoldNone() {
        assertThat(MovieLens.in(data)).isEmpty();
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::read)
                .isInstanceOf(MovieLensException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("https://files.grouplens.org/");
    }

    private FileHistory read() {
        return RowHistory.of(MovieLens.in(data).orElseThrow(), TimeRange.ALL, scratch, badRows);
    }

    private void latin(String file, String content) throws IOException {
        write(file, content, StandardCharsets.ISO_8859_1);
    }

    private void write(String file, String content, Charset charset) throws IOException {
        Files.writeString(data.resolve(file), content, charset);
    }
}
