package io.millrace.schemas.codec;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.jspecify.annotations.Nullable;

/**
 * Fields that two versions of a schema call differently. Whichever of the two renamed one says so
 * by an alias: the newer schema knows the name before, and it may be the reader's or the writer's.
 *
 * <p>Avro's schema resolution only asks the reader's schema for aliases.
 */
final class Renames {

    private Renames() {}

    /** The writer's schema, with its fields under the names that the reader's schema has. */
    static Schema undo(Schema writer, Schema reader) {
        Schema knowing = new Schema.Parser().parse(reader.toString());
        Map<String, Schema> ofReader = records(knowing);
        records(writer).values().forEach(record -> addAliases(record, ofReader));
        return Schema.applyAliases(writer, knowing);
    }

    private static void addAliases(Schema written, Map<String, Schema> ofReader) {
        Schema read = ofReader.get(written.getFullName());
        if (read == null) {
            return;
        }
        for (Field field : written.getFields()) {
            String former = former(field, written, read);
            if (former != null) {
                read.getField(former).addAlias(field.name());
            }
        }
    }

    /**
     * What a schema that may be older calls a field of one that may be newer, if not the same; null
     * when it has no such field.
     */
    static @Nullable String former(Field field, Schema newer, Schema older) {
        if (older.getField(field.name()) != null) {
            return null;
        }
        return field.aliases().stream()
                .filter(alias -> older.getField(alias) != null && newer.getField(alias) == null)
                .findFirst()
                .orElse(null);
    }

    /** The records of a schema by full name, itself among them. */
    static Map<String, Schema> records(Schema schema) {
        Map<String, Schema> found = new HashMap<>();
        collect(schema, found);
        return found;
    }

    private static void collect(Schema part, Map<String, Schema> found) {
        switch (part.getType()) {
            case RECORD -> {
                if (found.putIfAbsent(part.getFullName(), part) == null) {
                    part.getFields().forEach(field -> collect(field.schema(), found));
                }
            }
            case ARRAY -> collect(part.getElementType(), found);
            case MAP -> collect(part.getValueType(), found);
            case UNION -> part.getTypes().forEach(branch -> collect(branch, found));
            default -> {}
        }
    }
}
