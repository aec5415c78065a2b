package io.millrace.schemas.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.apache.avro.specific.SpecificRecord;

/**
 * Any event as one line of JSON that people can read: as {@link EventFormat#JSON} has it, but
 * whatever its values are. A number that JSON lacks is its name, and characters that a terminal
 * would obey rather than show are escaped.
 */
public final class ReadableJson {

    private static final JsonMapper MAPPER = new JsonMapper();

    private ReadableJson() {}

    public static String of(SpecificRecord event) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = MAPPER.createGenerator(text)) {
            new RecordToJson(new RecordModel(event.getClass()), true).write(event, json);
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory cannot fail.", e);
        }
        return escaped(text.toString());
    }

    /**
     * The same JSON on one line, with what a terminal would obey escaped: that is only in strings.
     */
    public static String escaped(String json) {
        StringBuilder line = new StringBuilder(json.length());
        for (int at = 0; at < json.length(); ) {
            int next = json.codePointAt(at);
            if (Printable.isPrintable(next)) {
                line.appendCodePoint(next);
            } else {
                for (char half : Character.toChars(next)) {
                    line.append(String.format("\\u%04x", (int) half));
                }
            }
            at += Character.charCount(next);
        }
        return line.toString();
    }
}
