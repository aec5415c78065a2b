package io.millrace.jobs.listing;

import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/** Writes lines to a file of this machine. Parallelism 1; for jobs that are never restored. */
final class LineFile extends AbstractStreamOperator<Void>
        implements OneInputStreamOperator<String, Void> {

    private static final long serialVersionUID = 1L;

    private final String file;
    private transient @Nullable BufferedWriter writer;

    LineFile(Path file) {
        this.file = file.toString();
    }

    @Override
    public void open() throws Exception {
        super.open();
        writer = Files.newBufferedWriter(Path.of(file));
    }

    @Override
    public void processElement(StreamRecord<String> line) throws Exception {
        if (writer != null) {
            writer.write(line.getValue());
            writer.newLine();
        }
    }

    @Override
    public void close() throws Exception {
        if (writer != null) {
            writer.close();
        }
        super.close();
    }
}
