package io.millrace.jobs.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.model.explain.Explanation;
import io.millrace.model.explain.Explanation.Evidence;
import io.millrace.model.explain.Measure;
import io.millrace.model.explain.PairStrengths;
import io.millrace.model.explain.PairStrengths.Layer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page, the picture and the JSON of an explanation. */
class ExplainPageTest {

    private static final PairStrengths PAIRS =
            new PairStrengths(
                    List.of("user", "item", "hour"),
                    List.of(
                            new Layer(
                                    "cross layer 1",
                                    new double[][] {{0, 4, 1}, {6, 0, 1}, {1, 1, Double.NaN}})));

    @TempDir Path directory;

    @Test
    void usageExample() {
        String page = ExplainPage.of(Samples.explained(PAIRS));

        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("The strongest cross is user × item: 5.00, 5.0 times the median pair.")
                .contains("<b>user × item</b> 5.00")
                .contains("sample", "<dd>7, of checkpoint 9</dd>", "1,200 examples")
                .contains("ratings 0: 1,234")
                .contains("dcn-v2", "Frobenius norm", "weights alone");
    }

    @Test
    void stylesAndNumbersAreTheSameInEveryLocale() {
        String page = ExplainPage.of(Samples.explained(PAIRS));
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);

            assertThat(ExplainPage.of(Samples.explained(PAIRS)))
                    .isEqualTo(page)
                    .contains("style=\"width:20.0%\"", "1,200 examples")
                    .doesNotContainPattern("style=\"width:\\d+,");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void madeUpExamplesAreToldRightBelowTheHeadline() {
        Explained explained =
                Samples.explained(
                        Samples.spec(PAIRS.names()),
                        new Explanation(
                                Measure.INTERACTION,
                                new Evidence.DrawnRows(100, List.of("year")),
                                PAIRS,
                                null));

        String caution = "Of made-up examples; year is left out; --input names real ones.";
        assertThat(ExplainPage.of(explained))
                .containsPattern("times the median pair\\.</p>\\s*<p class=\"note\">" + caution);
        assertThat(HeatMapImage.notes(explained)).containsExactly(caution);
        assertThat(ExplainPage.of(Samples.explained(PAIRS))).doesNotContain("made-up");
    }

    @Test
    void aReadoutStartsWithWhatToDo() {
        assertThat(ExplainPage.of(Samples.explained(PAIRS)))
                .contains(">Point at or tap a cell for its value</p>");
    }

    @Test
    void valuesThatAreNearlyAlikeHaveMoreDigits() {
        String page = ExplainPage.of(Samples.explained(Samples.ofThree(0.1234, 0.1212, 0.1199)));

        assertThat(page)
                .contains(">0.1234</text>", ">0.1212</text>", ">0.1199</text>")
                .contains("<title>a × b: 0.12340</title>")
                .contains("<span>0.1199</span>")
                .contains("All pairs are nearly alike: from 0.1199 to 0.1234.")
                .doesNotContain("strongest cross is");
        assertThat(ExplainPage.of(Samples.explained(Samples.ofThree(0.15, 0.13, 0.11))))
                .contains(">0.150</text>");
        assertThat(ExplainPage.of(Samples.explained(Samples.ofThree(0.25, 0.13, 0.11))))
                .contains(">0.25</text>");
    }

    @Test
    void itNeedsNothingBesideIt() {
        String page = ExplainPage.of(Samples.explained(PAIRS));

        assertThat(page)
                .doesNotContainPattern("(?i)https?:")
                .doesNotContainPattern("(?i)(src|href)\\s*=")
                .doesNotContainPattern("(?i)@import|url\\(|<link");
    }

    @Test
    void everyCellHasItsNamesAndItsValue() {
        String page = ExplainPage.of(Samples.explained(PAIRS));

        assertThat(page)
                .contains("<title>user × item: 4.00</title>")
                .contains("<title>item × user: 6.00</title>")
                .contains("<title>hour × hour: none</title>")
                .contains("<tr><th scope=\"row\">user × item</th><td>5.00</td></tr>")
                .contains("<div class=\"ticks\"><span>0</span><span>1.5</span><span>3.0</span>");
        assertThat(page.split("<rect", -1)).hasSize(1 + 9);
    }

    @Test
    void whatPeopleHaveNamedIsTextAndNoMarkup() {
        List<String> names = List.of("<script>alert('a')</script>", "\"b\" & c", "d");

        String page = ExplainPage.of(Samples.explained(Samples.random(names, 1)));

        assertThat(page)
                .contains("&lt;script&gt;alert(&#39;a&#39;)&lt;/script&gt;")
                .contains("&quot;b&quot; &amp; c")
                .contains("a&amp;b.yaml")
                .doesNotContain("<script>alert", "\"b\"");
    }

    @Test
    void eachLayerHasAPictureBesideTheMean() {
        List<String> names = List.of("a", "b");

        String page = ExplainPage.of(Samples.explained(Samples.random(names, 3)));

        assertThat(page)
                .contains(
                        "<b>Mean of 3 layers</b>", "<b>Cross layer 1</b>", "<b>Cross layer 3</b>");
        assertThat(page.split("<figure", -1)).hasSize(1 + 4);
    }

    @Test
    void ofVeryManyFeaturesTheStrongestAreDrawn() {
        List<String> names = IntStream.range(0, 130).mapToObj(i -> "feature " + i).toList();

        String page = ExplainPage.of(Samples.explained(Samples.random(names, 1)));

        assertThat(page)
                .containsPattern("Drawn are the \\d+ features with the strongest pairs; \\d+ more");
        assertThat(page.split("<rect", -1)).hasSizeBetween(90 * 90, 1 + 100 * 100);
    }

    @Test
    void oneFeatureIsNoPair() {
        PairStrengths one =
                new PairStrengths(List.of("only"), List.of(new Layer("1", new double[][] {{2}})));

        assertThat(ExplainPage.of(Samples.explained(one)))
                .contains("There is only one feature")
                .contains("<th scope=\"row\">only with itself</th>");
    }

    @Test
    void thePictureShowsTheStrongestCellInTheStrongestColour() throws IOException {
        Path file = directory.resolve("crosses.png");

        HeatMapImage.write(Samples.explained(PAIRS), file);

        BufferedImage image = ImageIO.read(file.toFile());
        int strongest = ColorScale.LIGHT.color(ColorScale.STEPS - 1).getRGB();
        int weakest = ColorScale.LIGHT.color(0).getRGB();
        assertThat(count(image, strongest)).isBetween(3000, 8000);
        assertThat(count(image, weakest)).isBetween(6000, 16000);
        assertThat(image.getWidth()).isLessThan(1200);
    }

    @Test
    void aPictureOfManyLongNamesIsStillDrawn() throws IOException {
        List<String> names =
                IntStream.range(0, 39)
                        .mapToObj(i -> "a feature with a very long name " + i)
                        .toList();
        Path file = directory.resolve("long.png");

        HeatMapImage.write(Samples.explained(Samples.random(names, 2)), file);

        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isLessThan(1500);
        assertThat(image.getHeight()).isLessThan(1700);
    }

    @Test
    void theJsonHasAllNumbers() {
        JsonNode json = ExplainJson.of(Samples.explained(PAIRS));

        assertThat(json.get("model").textValue()).isEqualTo("sample");
        assertThat(json.get("version").longValue()).isEqualTo(7);
        assertThat(json.at("/offsets/ratings/0").longValue()).isEqualTo(1234);
        assertThat(json.get("measure").textValue()).isEqualTo("cross-weights");
        assertThat(json.at("/computed_of/source").textValue()).isEqualTo("weights");
        assertThat(json.at("/features/2").textValue()).isEqualTo("hour");
        assertThat(json.at("/pairs/0").toString())
                .isEqualTo("{\"first\":\"user\",\"second\":\"item\",\"strength\":5.0}");
        assertThat(json.at("/layers/0/strengths/1/0").doubleValue()).isEqualTo(6);
        assertThat(json.at("/layers/0/strengths/2/2").isNull()).isTrue();
        assertThat(json.get("gates").isNull()).isTrue();
    }

    @Test
    void belowAPicturesHeadlineStandsWhatIsDrawn() throws IOException {
        List<String> names = IntStream.range(0, 130).mapToObj(i -> "feature " + i).toList();

        Explained several = Samples.explained(Samples.random(names, 3));

        List<String> notes = HeatMapImage.notes(several);
        assertThat(notes).hasSize(2).contains("mean of 3 layers");
        assertThat(notes.get(1)).startsWith("Drawn are the ").endsWith(" more are in the JSON.");
        assertThat(HeatMapImage.notes(Samples.explained(PAIRS))).isEmpty();
        // A line of 20 pixels for the title.
        List<String> few = List.of("a", "b");
        int one = height(Samples.explained(Samples.random(few, 1)));
        assertThat(height(Samples.explained(Samples.random(few, 3)))).isEqualTo(one + 20);
    }

    private int height(Explained explained) throws IOException {
        Path file = directory.resolve("height.png");
        HeatMapImage.write(explained, file);
        return ImageIO.read(file.toFile()).getHeight();
    }

    private static int count(BufferedImage image, int color) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += image.getRGB(x, y) == color ? 1 : 0;
            }
        }
        return count;
    }
}
