package io.millrace.model.version;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.parameter.RowBuffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionFingerprintTest {

    private final MemoryVersionStorage storage = new MemoryVersionStorage();

    @Test
    void usageExample() throws IOException {
        publish(1, 7, 100, 1.5f);
        publish(2, 7, 100, 1.5f);

        assertThat(fingerprint(1)).matches("[0-9a-f]{64}").isEqualTo(fingerprint(2));
    }

    @Test
    void dependsOnEachPartOfARow() throws IOException {
        publish(1, 7, 100, 1.5f);
        publish(2, 8, 100, 1.5f);
        publish(3, 7, 101, 1.5f);
        publish(4, 7, 100, Math.nextUp(1.5f));
        publish(5, 7, 100, 1.5f, 0f);

        List<String> fingerprints = new ArrayList<>();
        for (long version = 1; version <= 5; version++) {
            fingerprints.add(fingerprint(version));
        }

        assertThat(fingerprints).doesNotHaveDuplicates();
    }

    @Test
    void doesNotDependOnTheFilesThatRowsLieIn() throws IOException {
        SampleModel model = new SampleModel(storage, 3);
        model.publish(1, null);
        for (long version = 2; version <= 6; version++) {
            model.publish(version, version - 1);
        }
        String asChain = fingerprint(6);
        String before = fingerprint(5);

        assertThat(new Compaction(storage, SampleModel.NAME).compact(6)).isTrue();

        assertThat(fingerprint(6)).isEqualTo(asChain).isNotEqualTo(before);
    }

    private String fingerprint(long version) throws IOException {
        return VersionFingerprint.of(storage, SampleModel.NAME, version);
    }

    /** A base with one row. */
    private void publish(long version, long examples, long eventTime, float... weights)
            throws IOException {
        String path = VersionPaths.newPart(SampleModel.NAME, version, 0);
        RowBuffer row = new RowBuffer().over(weights, 0, weights.length);
        row.examples = examples;
        row.lastEventTime = eventTime;
        try (RowFileWriter writer = RowFileWriter.create(storage, path, 0)) {
            writer.add(5, row, weights.length);
            new VersionWriter(storage)
                    .commit(SampleModel.manifest(version, null, List.of(writer.finish()), 0));
        }
    }
}
