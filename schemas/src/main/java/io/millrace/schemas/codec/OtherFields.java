package io.millrace.schemas.codec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * The fields that JSON of other versions of a schema may have beside the schema's own: former and
 * later names of its fields, and fields that it has no longer or not yet.
 */
final class OtherFields {

    private final Map<String, OfRecord> byRecord = new HashMap<>();

    /**
     * @param others other versions; schemas of other records among them do not matter
     */
    OtherFields(Schema schema, List<Schema> others) {
        Map<String, Schema> own = Renames.records(schema);
        own.forEach((name, record) -> byRecord.put(name, new OfRecord(record)));
        for (Schema other : others) {
            if (other.getFullName().equals(schema.getFullName())) {
                Renames.records(other)
                        .forEach(
                                (name, record) -> {
                                    if (own.containsKey(name)) {
                                        ofRecord(own.get(name)).add(record);
                                    }
                                });
            }
        }
    }

    OfRecord ofRecord(Schema record) {
        return byRecord.computeIfAbsent(record.getFullName(), name -> new OfRecord(record));
    }

    /** Those of one record. */
    static final class OfRecord {

        private final Schema record;
        private final Map<String, List<String>> names = new HashMap<>();
        private final Set<String> passedOver = new HashSet<>();

        private OfRecord(Schema record) {
            this.record = record;
            for (Field field : record.getFields()) {
                names.put(field.name(), new ArrayList<>(field.aliases()));
            }
        }

        /** What else a field of the record is called. */
        List<String> namesOf(Field field) {
            return names.getOrDefault(field.name(), List.of());
        }

        /** Whether it is known, but nothing that the record has. */
        boolean isPassedOver(String name) {
            return passedOver.contains(name);
        }

        private void add(Schema other) {
            for (Field field : other.getFields()) {
                if (record.getField(field.name()) == null && !isNamed(field.name())) {
                    String former = Renames.former(field, other, record);
                    if (former == null) {
                        passedOver.add(field.name());
                    } else {
                        names.getOrDefault(former, List.of()).add(field.name());
                    }
                }
            }
        }

        private boolean isNamed(String name) {
            return names.values().stream().anyMatch(known -> known.contains(name));
        }
    }
}
