package io.millrace.jobs;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionChain;
import io.millrace.model.version.VersionFingerprint;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** All rows of a version, read back from its chain. */
public final class VersionRows {

    private VersionRows() {}

    public static VersionCatalog catalog(PipelineConfig config) {
        return new VersionCatalog(storage(config), config.model().name());
    }

    /** The number of the newest version, 0 before the first. */
    public static long newestVersion(PipelineConfig config) {
        try {
            return catalog(config).newest().orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Manifest newest(PipelineConfig config) throws IOException {
        VersionCatalog catalog = catalog(config);
        return catalog.manifest(catalog.newest().orElseThrow());
    }

    /** Row key to the number of examples that have updated it. */
    public static SortedMap<Long, Long> exampleCounts(PipelineConfig config, long version)
            throws IOException {
        SortedMap<Long, Long> counts = new TreeMap<>();
        for (VersionChain.Link link : catalog(config).chain(version).links()) {
            for (PartInfo part : link.files()) {
                try (RowFileReader rows = RowFileReader.open(storage(config), part)) {
                    while (rows.next()) {
                        counts.put(rows.key(), rows.examples());
                    }
                }
            }
        }
        return counts;
    }

    /** See {@link VersionFingerprint}. */
    public static String fingerprint(PipelineConfig config, long version) throws IOException {
        return VersionFingerprint.of(storage(config), config.model().name(), version);
    }

    static VersionStorage storage(PipelineConfig config) {
        return new LocalVersionStorage(Path.of(config.versions().directory()));
    }
}
