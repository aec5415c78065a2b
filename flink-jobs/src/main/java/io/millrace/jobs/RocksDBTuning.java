package io.millrace.jobs;

import java.time.Duration;
import java.util.Collection;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.state.rocksdb.ConfigurableRocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * What training asks of RocksDB that Flink has no setting for. Flink makes it by its name, and asks
 * it for each state of the job alike.
 *
 * <p>Each checkpoint flushes what was written to a state since the last one into a file of its own.
 * When there are so many, RocksDB merges them into its first level, which holds all rows of a small
 * model and up to 256 MB of a larger one's. With a version every second or two the new files are
 * small, and merging four of them, its default, is work out of proportion, done just while a
 * checkpoint is written. So it waits for as many as come in {@link #MERGES_EVERY}; but it looks for
 * a row in each of them.
 */
public final class RocksDBTuning implements ConfigurableRocksDBOptionsFactory {

    private static final Duration MERGES_EVERY = Duration.ofSeconds(20);

    /** RocksDB's default. */
    private static final int FEWEST_FILES = 4;

    /** RocksDB slows its writers down at 20: eight flushes may come while it merges. */
    private static final int MOST_FILES = 12;

    private static final long serialVersionUID = 1L;

    private int filesToMerge = FEWEST_FILES;

    @Override
    public RocksDBOptionsFactory configure(ReadableConfig job) {
        @Nullable Duration interval = job.get(CheckpointingOptions.CHECKPOINTING_INTERVAL);
        if (interval != null) {
            long flushes = MERGES_EVERY.dividedBy(interval);
            filesToMerge = (int) Math.max(FEWEST_FILES, Math.min(MOST_FILES, flushes));
        }
        return this;
    }

    @Override
    public DBOptions createDBOptions(DBOptions options, Collection<AutoCloseable> handles) {
        return options;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
            ColumnFamilyOptions options, Collection<AutoCloseable> handles) {
        return options.setLevel0FileNumCompactionTrigger(filesToMerge);
    }
}
