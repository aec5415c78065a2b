package io.millrace.jobs.history.file;

import io.millrace.schemas.Profile;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A scratch file with a profile's payload, in Base64, in each line, so that single ones can be
 * read.
 *
 * @param origin how profiles name the file that they are of
 * @param profile the name of all of them
 */
record ProfileLines(String name, String file, String origin, String profile) implements RowFormat {

    static void write(byte[] payload, BufferedWriter writer) throws IOException {
        writer.write(new String(Base64.getEncoder().encode(payload), StandardCharsets.ISO_8859_1));
        writer.write('\n');
    }

    @Override
    public RowParser open() {
        EventCodec<Profile> codec = EventCodec.of(Profile.class, EventFormat.AVRO);
        return line -> {
            try {
                return new EventLines.ProfileRow(
                        new Row.NamedProfile(
                                profile, codec.decode(Base64.getDecoder().decode(line.text()))));
            } catch (UndecodableException e) {
                throw new BadRowException(String.valueOf(e.getMessage()));
            }
        };
    }
}
