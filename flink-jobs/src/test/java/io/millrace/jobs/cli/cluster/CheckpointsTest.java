package io.millrace.jobs.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

    @TempDir Path directory;

    @Test
    void usageExample() throws IOException {
        checkpoint("a1/chk-7", 1_000);
        Path newest = checkpoint("b2/chk-3", 3_000);
        checkpoint("b2/chk-2", 2_000);

        assertThat(Checkpoints.newest(directory.toString())).hasValue(newest.toString());
        assertThat(Checkpoints.newest(directory.toUri().toString())).hasValue(newest.toString());
    }

    @Test
    void aCheckpointWithoutMetadataIsNotComplete() throws IOException {
        Path complete = checkpoint("a1/chk-7", 1_000);
        Files.createDirectories(directory.resolve("a1/chk-8"));
        Files.createDirectories(directory.resolve("a1/shared"));
        Files.writeString(directory.resolve("a1/chk-9"), "a file");

        assertThat(Checkpoints.newest(directory.toString())).hasValue(complete.toString());
    }

    @Test
    void isEmptyWithoutCheckpoints() throws IOException {
        assertThat(Checkpoints.newest(directory.toString())).isEmpty();
        assertThat(Checkpoints.newest(directory.resolve("absent").toString())).isEmpty();
    }

    private Path checkpoint(String path, long millis) throws IOException {
        Path checkpoint = Files.createDirectories(directory.resolve(path));
        Path metadata = Files.writeString(checkpoint.resolve("_metadata"), "m");
        Files.setLastModifiedTime(metadata, FileTime.fromMillis(millis));
        return checkpoint;
    }
}
