package io.millrace.schemas;

import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;

/**
 * A record of a schema that there might be some day, with the name of today's; Avro wants its class
 * to lie in that namespace.
 */
public abstract class NextVersion extends SpecificRecordBase {

    private static final long serialVersionUID = 1L;

    private final Schema schema;
    private final @Nullable Object[] values;

    NextVersion(Schema schema) {
        this.schema = schema;
        values = new Object[schema.getFields().size()];
    }

    @Override
    public Schema getSchema() {
        return schema;
    }

    @Override
    public @Nullable Object get(int field) {
        return values[field];
    }

    @Override
    public void put(int field, @Nullable Object value) {
        values[field] = value;
    }

    /** A field was added, with a default. */
    public static final class ImpressionOfCampaign extends NextVersion {
        private static final long serialVersionUID = 1L;

        public static final Schema SCHEMA$ =
                impression(
                        "\"name\":\"features\"",
                        "\"name\":\"campaign\",\"type\":{\"type\":\"string\",\"avro.java.string\":\"String\"},\"default\":\"none\"},{\"name\":\"features\"");

        public ImpressionOfCampaign() {
            super(SCHEMA$);
        }
    }

    /** A field was added, without one. */
    public static final class ImpressionOnPage extends NextVersion {
        private static final long serialVersionUID = 1L;

        public static final Schema SCHEMA$ =
                impression(
                        "\"name\":\"features\"",
                        "\"name\":\"page\",\"type\":\"long\"},{\"name\":\"features\"");

        public ImpressionOnPage() {
            super(SCHEMA$);
        }
    }

    /** A field was renamed. */
    public static final class ImpressionOfViewer extends NextVersion {
        private static final long serialVersionUID = 1L;

        public static final Schema SCHEMA$ =
                impression("\"name\":\"user\"", "\"name\":\"viewer\",\"aliases\":[\"user\"]");

        public ImpressionOfViewer() {
            super(SCHEMA$);
        }
    }

    /** A field with a default was dropped. */
    public static final class ImpressionWithoutFeatures extends NextVersion {
        private static final long serialVersionUID = 1L;

        public static final Schema SCHEMA$ =
                impression(",\\{\"name\":\"features\".*\\}\\]\\}$", "]}");

        public ImpressionWithoutFeatures() {
            super(SCHEMA$);
        }
    }

    /** Today's schema, changed. */
    private static Schema impression(String regex, String replacement) {
        String today = Impression.getClassSchema().toString();
        String next = today.replaceFirst(regex, replacement);
        if (next.equals(today)) {
            throw new IllegalStateException("there is no " + regex + " in " + today);
        }
        return new Schema.Parser().parse(next);
    }
}
