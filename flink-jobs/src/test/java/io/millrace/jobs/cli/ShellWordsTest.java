package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShellWordsTest {

    @Test
    void usageExample() {
        assertThat(ShellWords.join(List.of("./millrace", "--input", "my file", "it's", "a/b-1.x")))
                .isEqualTo("./millrace --input 'my file' 'it'\\''s' a/b-1.x");
    }
}
