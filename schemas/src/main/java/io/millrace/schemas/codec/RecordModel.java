package io.millrace.schemas.codec;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Avro's data model of one record class: it makes instances of that class and of those nested in
 * its schema, and of no others.
 *
 * <p>Avro would look classes up by the name in a schema, and since 1.12 refuses those that are not
 * on a list for the whole process. The classes here follow from the record's own, so they need
 * neither the look-up nor the list, and always come from the record's class loader.
 */
final class RecordModel extends SpecificData {

    private final Schema schema;
    private final Map<String, Class<?>> classes = new HashMap<>();

    RecordModel(Class<? extends SpecificRecord> type) {
        super(type.getClassLoader());
        this.schema = getSchema(type);
        classes.put(schema.getFullName(), type);
        schema.getFields().forEach(field -> addClasses(field.schema()));
    }

    /** The schema that the record class was generated from. */
    Schema schema() {
        return schema;
    }

    @Override
    @SuppressWarnings("rawtypes") // as inherited
    public @Nullable Class getClass(Schema wanted) {
        return switch (wanted.getType()) {
            case RECORD, ENUM, FIXED -> classes.get(wanted.getFullName());
            default -> super.getClass(wanted);
        };
    }

    private void addClasses(Schema part) {
        switch (part.getType()) {
            case RECORD -> {
                if (!classes.containsKey(part.getFullName())) {
                    classes.put(part.getFullName(), load(part));
                    part.getFields().forEach(field -> addClasses(field.schema()));
                }
            }
            case ENUM, FIXED -> classes.put(part.getFullName(), load(part));
            case ARRAY -> addClasses(part.getElementType());
            case MAP -> addClasses(part.getValueType());
            case UNION -> part.getTypes().forEach(this::addClasses);
            default -> {}
        }
    }

    private Class<?> load(Schema named) {
        try {
            return Class.forName(named.getFullName(), true, getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "There is no class %s beside %s; generate both from the same schema."
                            .formatted(named.getFullName(), schema.getFullName()),
                    e);
        }
    }
}
