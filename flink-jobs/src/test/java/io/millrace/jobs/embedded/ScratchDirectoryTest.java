package io.millrace.jobs.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchDirectoryTest {

    @TempDir Path parent;

    @Test
    void usageExample() throws IOException {
        Path inside;
        try (ScratchDirectory scratch = ScratchDirectory.create(parent, "some-")) {
            inside = Files.createDirectories(scratch.path().resolve("a/b")).resolve("file");
            Files.writeString(inside, "text");
        }

        assertThat(inside).doesNotExist();
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void parentIsCreatedAndStays() {
        Path missing = parent.resolve("not/there");

        ScratchDirectory.create(missing, "some-").close();

        assertThat(missing).isEmptyDirectory();
    }

    @Test
    void directoriesDoNotMeet() {
        try (ScratchDirectory one = ScratchDirectory.create(parent, "some-");
                ScratchDirectory other = ScratchDirectory.create(parent, "some-")) {
            assertThat(one.path()).isNotEqualTo(other.path());
        }
    }

    @Test
    void whatSymbolicLinksPointToIsKept() throws IOException {
        Path kept = Files.writeString(parent.resolve("kept"), "text");
        try (ScratchDirectory scratch = ScratchDirectory.create(parent, "some-")) {
            Files.createSymbolicLink(scratch.path().resolve("link"), kept);
        }

        assertThat(kept).exists();
    }

    @Test
    void closingTwiceIsHarmless() {
        ScratchDirectory scratch = ScratchDirectory.create(parent, "some-");
        scratch.close();

        scratch.close();

        assertThat(parent).isEmptyDirectory();
    }
}
