package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;

class RocksDBTuningTest {

    /** The files of twenty seconds; 4 is RocksDB's default. */
    @ParameterizedTest
    @CsvSource({"200ms, 12", "1s, 12", "1500ms, 12", "2s, 10", "4s, 5", "5s, 4", "1m, 4"})
    void frequentVersionsLeaveMoreFilesToMergeAtOnce(String every, int files) throws Exception {
        assertThat(filesToMerge(every, new Configuration())).isEqualTo(files);
    }

    @Test
    void aFactoryOfTheClusterIsUsedInstead() throws Exception {
        Configuration cluster = new Configuration();
        cluster.set(RocksDBOptions.OPTIONS_FACTORY, MergesThree.class.getName());

        assertThat(filesToMerge("1s", cluster)).isEqualTo(3);
    }

    /** As Flink makes its options from the settings of a training job. */
    private static int filesToMerge(String every, Configuration cluster) throws Exception {
        RocksDB.loadLibrary();
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(cluster);
        JobSettings.configureTraining(env, pipeline(every));
        RocksDBOptionsFactory factory =
                new EmbeddedRocksDBStateBackend()
                        .configure(env.getConfiguration(), RocksDBTuningTest.class.getClassLoader())
                        .getRocksDBOptions();
        assertThat(factory).isNotNull();
        try (ColumnFamilyOptions options = new ColumnFamilyOptions()) {
            return factory.createColumnOptions(options, new ArrayList<>())
                    .level0FileNumCompactionTrigger();
        }
    }

    private static PipelineConfig pipeline(String every) throws IOException {
        String clicks = Files.readString(Path.of("..", "examples", "clicks.yaml"));
        assertThat(clicks).contains("every: 2s");
        return PipelineConfigReader.read(clicks.replace("every: 2s", "every: " + every), "clicks");
    }

    /** As an operator may have one. */
    public static final class MergesThree implements RocksDBOptionsFactory {

        private static final long serialVersionUID = 1L;

        @Override
        public DBOptions createDBOptions(DBOptions options, Collection<AutoCloseable> handles) {
            return options;
        }

        @Override
        public ColumnFamilyOptions createColumnOptions(
                ColumnFamilyOptions options, Collection<AutoCloseable> handles) {
            return options.setLevel0FileNumCompactionTrigger(3);
        }
    }
}
