package io.millrace.model.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A version with a damaged file is refused, and the refusal names the file. */
class VersionDamageTest {

    private static final long VERSION = 6;

    private final MemoryVersionStorage storage = new MemoryVersionStorage();
    private final SampleModel model = new SampleModel(storage, 6);

    @BeforeEach
    void publish() throws IOException {
        model.publish(1, null);
        for (long version = 2; version <= VERSION; version++) {
            model.publish(version, version - 1);
        }
        new Compaction(storage, SampleModel.NAME).compact(3);
    }

    @Test
    void flippedBits() throws IOException {
        Random random = new Random(7);
        List<String> files = filesInUse();
        assertThat(files).anyMatch(f -> f.endsWith("base.json")).anyMatch(f -> f.contains("base-"));
        for (int i = 0; i < 5000; i++) {
            String file = files.get(random.nextInt(files.size()));
            byte[] intact = storage.bytes(file);
            byte[] flipped = intact.clone();
            int bit = random.nextInt(flipped.length * 8);
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(file, intact, flipped);
        }
        assertIntact();
    }

    @Test
    void truncatedFiles() throws IOException {
        Random random = new Random(8);
        for (String file : filesInUse()) {
            byte[] intact = storage.bytes(file);
            for (int i = 0; i < 50; i++) {
                assertRefused(file, intact, Arrays.copyOf(intact, random.nextInt(intact.length)));
            }
        }
        assertIntact();
    }

    @Test
    void missingFiles() throws IOException {
        for (String file : filesInUse()) {
            if (file.endsWith("base.json")) {
                continue; // Without it the version is just not compacted.
            }
            byte[] intact = storage.bytes(file);
            storage.delete(file);
            boolean parent = file.endsWith("manifest.json") && !file.equals(newestManifest());
            assertThatCode(() -> SampleModel.read(storage, VERSION))
                    .isInstanceOf(DamagedVersionException.class)
                    .hasMessageContaining(parent ? "which has no manifest here" : file);
            storage.replace(file, intact);
        }
        assertIntact();
    }

    @Test
    void filesOfAnotherVersionInItsPlace() throws IOException {
        VersionCatalog catalog = new VersionCatalog(storage, SampleModel.NAME);
        String five = catalog.manifest(5).parts().get(0).path();
        String six = catalog.manifest(6).parts().get(0).path();

        assertRefused(six, storage.bytes(six), storage.bytes(five));
        assertIntact();
    }

    /** What a reader of the version must read; the rest of the storage is of no concern to it. */
    private List<String> filesInUse() throws IOException {
        List<VersionChain.Link> links =
                new VersionCatalog(storage, SampleModel.NAME).chain(VERSION).links();
        List<String> files =
                new ArrayList<>(
                        links.stream()
                                .flatMap(link -> link.files().stream())
                                .map(PartInfo::path)
                                .toList());
        links.forEach(link -> files.add(VersionPaths.manifest(SampleModel.NAME, link.version())));
        files.add(VersionPaths.base(SampleModel.NAME, 3));
        return files;
    }

    private static String newestManifest() {
        return VersionPaths.manifest(SampleModel.NAME, VERSION);
    }

    private void assertRefused(String file, byte[] intact, byte[] damaged) {
        storage.replace(file, damaged);
        assertThatCode(() -> SampleModel.read(storage, VERSION))
                .isInstanceOf(VersionException.class)
                .hasMessageStartingWith(file + ": ");
        storage.replace(file, intact);
    }

    private void assertIntact() throws IOException {
        assertThat(SampleModel.read(storage, VERSION)).isEqualTo(model.rowsAt(VERSION));
    }
}
