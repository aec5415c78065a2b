package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.CandidateScore;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.ScoreStatus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreAnswersTest {

    private final StringWriter lines = new StringWriter();

    @Test
    void usageExample() throws IOException {
        ScoreAnswers answers = answers(line("a") + "\n\n" + line("a") + "\n" + line("b"));

        answers.answered(score("a", 3));
        answers.answered(score("stranger", 3));
        answers.answered(score("b", 4));
        assertThat(answers.complete()).isNotDone();
        answers.answered(score("a", 4));
        assertThat(answers.complete()).isDone();
        answers.answered(score("a", 5));

        assertThat(lines.toString().lines())
                .hasSize(3)
                .noneMatch(line -> line.contains("stranger"));
        assertThat(answers.toJson())
                .hasToString("{\"answered\":3,\"scored\":3,\"versions\":[3,4]}");
    }

    @Test
    void noRequestsAreAnsweredAtOnce() throws IOException {
        assertThat(answers("").complete()).isDone();
    }

    @Test
    void badLinesAreToldByNumber() throws IOException {
        ScoreRequestLines read = read(line("a") + "\n{\"requestId\":1}\nnonsense\n" + line("b"));

        assertThat(read.requests())
                .extracting(ScoreRequest::getRequestId)
                .containsExactly("a", "b");
        assertThat(read.problems()).hasSize(2);
        assertThat(read.problems().get(0)).startsWith("requests, line 2: ");
        assertThat(read.problems().get(1)).startsWith("requests, line 3: ");
    }

    private ScoreAnswers answers(String requests) throws IOException {
        return new ScoreAnswers(read(requests).requests(), new PrintWriter(lines));
    }

    private static ScoreRequestLines read(String text) throws IOException {
        return ScoreRequestLines.read(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "requests");
    }

    private static String line(String id) {
        return """
                {"requestId":"%s","timestamp":1,"user":"u","candidates":[{"item":"i"}]}"""
                .formatted(id);
    }

    private static Score score(String id, long version) {
        return new Score(
                id,
                1L,
                "m",
                ScoreStatus.SCORED,
                version,
                List.of(new CandidateScore("i", 0.5)),
                null);
    }
}
