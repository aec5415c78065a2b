package io.millrace.schemas.codec;

import io.millrace.schemas.Click;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.FeatureRow;
import io.millrace.schemas.Impression;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.PrequentialMetrics;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.SchemaStore;

/** Every schema that an event on a topic can be written with, by its fingerprint. */
public final class Schemas {

    private static final List<Schema> CURRENT =
            List.of(
                    Impression.getClassSchema(),
                    Click.getClassSchema(),
                    Rating.getClassSchema(),
                    ScoreRequest.getClassSchema(),
                    Score.getClassSchema(),
                    ModelVersion.getClassSchema(),
                    PrequentialMetrics.getClassSchema(),
                    DeadLetter.getClassSchema(),
                    Profile.getClassSchema(),
                    FeatureRow.getClassSchema());

    private static final SchemaStore WRITERS = storeOf(CURRENT);

    private Schemas() {}

    /** The schemas that events are written with today, one for each record type. */
    public static List<Schema> current() {
        return CURRENT;
    }

    /**
     * The schemas that events may have been written with. When a schema changes, its former text is
     * added here, so that events which are still on a topic stay readable.
     */
    public static SchemaStore writers() {
        return WRITERS;
    }

    /** The CRC-64-AVRO fingerprint of the schema's parsing canonical form. */
    public static long fingerprint(Schema schema) {
        return SchemaNormalization.parsingFingerprint64(schema);
    }

    /** A fingerprint as 16 hexadecimal digits, the most significant first. */
    public static String hex(long fingerprint) {
        return String.format("%016x", fingerprint);
    }

    /** Those that events may have been written with, and more. */
    static SchemaStore writersAnd(List<Schema> others) {
        if (others.isEmpty()) {
            return WRITERS;
        }
        List<Schema> all = new ArrayList<>(CURRENT);
        all.addAll(others);
        return storeOf(all);
    }

    private static SchemaStore storeOf(List<Schema> schemas) {
        SchemaStore.Cache store = new SchemaStore.Cache();
        schemas.forEach(store::addSchema);
        return store;
    }
}
