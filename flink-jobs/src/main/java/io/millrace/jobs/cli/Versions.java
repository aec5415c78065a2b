package io.millrace.jobs.cli;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The versions of a model in a directory.
 *
 * @param storage the directory
 * @param model the model's name
 */
record Versions(VersionStorage storage, String model) {

    static Versions of(PipelineConfig config) {
        return new Versions(
                VersionDirectory.of(config.versions().directory()).open(), config.model().name());
    }

    static Versions in(Path directory, String model) {
        return new Versions(new LocalVersionStorage(directory), model);
    }

    VersionCatalog catalog() {
        return new VersionCatalog(storage, model);
    }

    /** The newest version, 0 when there is none. */
    long newest() throws IOException {
        return catalog().newest().orElse(0);
    }

    /**
     * A version that there is.
     *
     * @param wanted null for the newest
     */
    long existing(@Nullable Long wanted) throws IOException {
        List<Long> present = catalog().versions();
        if (present.isEmpty()) {
            throw new FailedException("model " + model + " has no version yet");
        }
        long version = wanted == null ? present.get(present.size() - 1) : wanted;
        if (!present.contains(version)) {
            throw new FailedException(
                    String.format(
                            Locale.ROOT,
                            "model %s has no version %d; it has %s",
                            model,
                            version,
                            present));
        }
        return version;
    }

    /** Rows that a version has, those of the versions it builds on included. */
    long rows(long version) throws IOException {
        Set<Long> keys = new HashSet<>();
        for (PartInfo file : catalog().chain(version).files()) {
            try (RowFileReader rows = RowFileReader.open(storage, file)) {
                while (rows.next()) {
                    if (rows.tombstone()) {
                        keys.remove(rows.key());
                    } else {
                        keys.add(rows.key());
                    }
                }
            }
        }
        return keys.size();
    }
}
