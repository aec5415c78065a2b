package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.jobs.simulate.SimulatedEvent;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Simulated events on their way to be delivered; the truth of each impression goes to a file. So
 * the file does not depend on how they are delivered.
 */
final class TruthFile implements Iterator<SimulatedEvent>, Closeable {

    private final Iterator<SimulatedEvent> events;
    private final @Nullable BufferedWriter writer;
    private final JsonMapper mapper = new JsonMapper();

    /**
     * @param file null for none
     */
    TruthFile(@Nullable Path file, Iterator<SimulatedEvent> events) throws IOException {
        this.events = events;
        writer = file == null ? null : Files.newBufferedWriter(file);
    }

    @Override
    public boolean hasNext() {
        return events.hasNext();
    }

    @Override
    public SimulatedEvent next() {
        SimulatedEvent event = events.next();
        if (writer != null && event instanceof SimulatedEvent.Shown shown) {
            try {
                writer.write(line(shown));
                writer.newLine();
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "the truth could not be written: " + e.getMessage(), e);
            }
        }
        return event;
    }

    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
    }

    private String line(SimulatedEvent.Shown shown) throws IOException {
        return mapper.writeValueAsString(
                mapper.createObjectNode()
                        .put("impressionId", shown.impressionId())
                        .put("timestamp", shown.timestamp())
                        .put("probability", shown.clickProbability())
                        .put("label", shown.clicked() ? 1 : 0));
    }
}
