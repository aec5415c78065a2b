package io.millrace.jobs.history.file;

import io.millrace.jobs.history.EventPayloads;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A scratch file with a payload in each line, so that single ones can be read: the kind's place in
 * its enum, then the payload in Base64.
 *
 * @param origin how events name the file that they are of
 */
record PayloadLines(String name, String file, String origin) implements RowFormat {

    static void write(HistoryEvent event, BufferedWriter writer) throws IOException {
        writer.write('0' + event.kind().ordinal());
        writer.write(
                new String(
                        Base64.getEncoder().encode(event.payload()), StandardCharsets.ISO_8859_1));
        writer.write('\n');
    }

    @Override
    public RowParser open() {
        EventPayloads payloads = new EventPayloads(EventFormat.AVRO);
        return line -> {
            String text = line.text();
            HistoryEvent.Kind kind = HistoryEvent.Kind.values()[text.charAt(0) - '0'];
            try {
                return new EventLines.EventRow(
                        payloads.decode(kind, Base64.getDecoder().decode(text.substring(1))));
            } catch (UndecodableException e) {
                throw new BadRowException(String.valueOf(e.getMessage()));
            }
        };
    }
}
