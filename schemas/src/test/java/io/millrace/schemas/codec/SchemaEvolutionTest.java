package io.millrace.schemas.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.schemas.Candidate;
import io.millrace.schemas.Impression;
import io.millrace.schemas.NextVersion.ImpressionOfCampaign;
import io.millrace.schemas.NextVersion.ImpressionOfViewer;
import io.millrace.schemas.NextVersion.ImpressionOnPage;
import io.millrace.schemas.NextVersion.ImpressionWithoutFeatures;
import io.millrace.schemas.Rating;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.codec.UndecodableException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Events pass between versions of a schema in both directions: the golden files, which are today's
 * bytes, are read by versions to come, and what those write is read by today's code when it is
 * given their schemas.
 */
class SchemaEvolutionTest {

    private static final int MAX_BYTES = 10_000;
    private static final Schema TODAY = Impression.getClassSchema();
    private static final Impression SAMPLE = SampleEvent.impression();

    @Nested
    class TodaysBytesInANewReader {

        @Test
        void anAddedFieldHasItsDefault() throws Exception {
            for (EventFormat format : EventFormat.values()) {
                ImpressionOfCampaign read = readAs(ImpressionOfCampaign.class, format);

                assertThat(read.get("campaign")).as("%s", format).isEqualTo("none");
                assertThat(read.get("user")).isEqualTo("user-7");
                assertThat(read.get("features")).isEqualTo(SAMPLE.getFeatures());
            }
        }

        @Test
        void aRenamedFieldKeepsItsValue() throws Exception {
            for (EventFormat format : EventFormat.values()) {
                ImpressionOfViewer read = readAs(ImpressionOfViewer.class, format);

                assertThat(read.get("viewer")).as("%s", format).isEqualTo("user-7");
                assertThat(read.get("item")).isEqualTo("item-3");
            }
        }

        @Test
        void aDroppedFieldIsPassedOver() throws Exception {
            for (EventFormat format : EventFormat.values()) {
                ImpressionWithoutFeatures read = readAs(ImpressionWithoutFeatures.class, format);

                assertThat(read.get("item")).as("%s", format).isEqualTo("item-3");
            }
        }

        /** As writers with large maps encode them, so that readers may pass over them whole. */
        @Test
        void aDroppedFieldInSizedBlocksIsPassedOver() throws Exception {
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            payload.write(golden(), 0, 10);
            BinaryEncoder encoder = EncoderFactory.get().blockingBinaryEncoder(payload, null);
            new SpecificDatumWriter<>(Impression.class).write(SAMPLE, encoder);
            encoder.flush();

            ImpressionWithoutFeatures read =
                    codec(ImpressionWithoutFeatures.class, EventFormat.AVRO, TODAY)
                            .decode(payload.toByteArray());

            assertThat(read.get("item")).isEqualTo("item-3");
            assertThat(codec(Impression.class, EventFormat.AVRO).decode(payload.toByteArray()))
                    .isEqualTo(SAMPLE);
        }

        @Test
        void anAddedFieldWithoutDefaultIsRefusedWithBothFingerprints() throws Exception {
            UndecodableException refusal =
                    refusal(codec(ImpressionOnPage.class, EventFormat.AVRO, TODAY), golden());

            assertThat(refusal.reason()).isEqualTo(Reason.WRONG_SCHEMA);
            assertThat(refusal)
                    .hasMessageContaining(fingerprint(TODAY))
                    .hasMessageContaining(fingerprint(ImpressionOnPage.SCHEMA$));
        }

        private <T extends SpecificRecord> T readAs(Class<T> next, EventFormat format)
                throws Exception {
            return codec(next, format, TODAY).decode(golden(format));
        }
    }

    @Nested
    class NewBytesInTodaysReader {

        @Test
        void anAddedFieldIsPassedOver() throws Exception {
            byte[] avro = written(ImpressionOfCampaign.SCHEMA$, "campaign", "spring", "user", "u1");
            byte[] json =
                    """
                    {"impressionId": "i", "timestamp": 5, "user": "u1", "item": "x", "campaign": "spring"}
                    """
                            .getBytes(UTF_8);

            assertThat(read(avro, EventFormat.AVRO, ImpressionOfCampaign.SCHEMA$))
                    .isEqualTo(impression("u1"));
            assertThat(read(json, EventFormat.JSON, ImpressionOfCampaign.SCHEMA$))
                    .isEqualTo(impression("u1"));
        }

        @Test
        void aRenamedFieldKeepsItsValue() throws Exception {
            byte[] avro = written(ImpressionOfViewer.SCHEMA$, "viewer", "u2");
            byte[] json =
                    """
                    {"impressionId": "i", "timestamp": 5, "viewer": "u2", "item": "x"}
                    """
                            .getBytes(UTF_8);

            assertThat(read(avro, EventFormat.AVRO, ImpressionOfViewer.SCHEMA$))
                    .isEqualTo(impression("u2"));
            assertThat(read(json, EventFormat.JSON, ImpressionOfViewer.SCHEMA$))
                    .isEqualTo(impression("u2"));
        }

        @Test
        void aDroppedFieldHasItsDefault() throws Exception {
            byte[] avro = written(ImpressionWithoutFeatures.SCHEMA$, "user", "u3");

            assertThat(read(avro, EventFormat.AVRO, ImpressionWithoutFeatures.SCHEMA$))
                    .isEqualTo(impression("u3"));
        }

        @Test
        void severalVersionsAreReadSideBySide() throws Exception {
            EventCodec<Impression> codec =
                    codec(
                            Impression.class,
                            EventFormat.AVRO,
                            ImpressionOfCampaign.SCHEMA$,
                            ImpressionOfViewer.SCHEMA$);

            assertThat(codec.decode(written(ImpressionOfViewer.SCHEMA$, "viewer", "u2")))
                    .isEqualTo(impression("u2"));
            assertThat(codec.decode(written(ImpressionOfCampaign.SCHEMA$, "user", "u1")))
                    .isEqualTo(impression("u1"));
            assertThat(codec.decode(golden())).isEqualTo(SAMPLE);
        }

        @Test
        void aFieldRenamedInANestedRecordKeepsItsValue() throws Exception {
            Schema next =
                    changed(
                            ScoreRequest.getClassSchema(),
                            "\"name\":\"item\"",
                            "\"name\":\"thing\",\"aliases\":[\"item\"]");
            byte[] avro =
                    new Written(next)
                            .set("requestId", "r")
                            .set("timestamp", 5L)
                            .set("user", "u")
                            .set(
                                    "candidates",
                                    List.of(
                                            new GenericRecordBuilder(
                                                            next.getField("candidates")
                                                                    .schema()
                                                                    .getElementType())
                                                    .set("thing", "x")
                                                    .build()))
                            .bytes();
            byte[] json =
                    """
                    {"requestId": "r", "timestamp": 5, "user": "u", "candidates": [{"thing": "x"}]}
                    """
                            .getBytes(UTF_8);
            ScoreRequest expected =
                    new ScoreRequest(
                            "r",
                            5L,
                            "u",
                            new HashMap<>(),
                            List.of(new Candidate("x", new HashMap<>())));

            assertThat(codec(ScoreRequest.class, EventFormat.AVRO, next).decode(avro))
                    .isEqualTo(expected);
            assertThat(codec(ScoreRequest.class, EventFormat.JSON, next).decode(json))
                    .isEqualTo(expected);
        }

        @Test
        void aDroppedFieldWithoutDefaultIsRefusedWithBothFingerprints() throws Exception {
            Schema next = changed(Rating.getClassSchema(), "\\{\"name\":\"rating\"[^}]*\\},", "");
            byte[] payload =
                    new Written(next)
                            .set("timestamp", 5L)
                            .set("user", "u")
                            .set("item", "x")
                            .bytes();

            UndecodableException refusal =
                    refusal(codec(Rating.class, EventFormat.AVRO, next), payload);

            assertThat(refusal.reason()).isEqualTo(Reason.WRONG_SCHEMA);
            assertThat(refusal)
                    .hasMessageContaining(fingerprint(next))
                    .hasMessageContaining(fingerprint(Rating.getClassSchema()));
        }

        @Test
        void aSchemaThatNobodyGaveIsRefusedWithBothFingerprints() throws Exception {
            byte[] payload = written(ImpressionOfCampaign.SCHEMA$, "user", "u1");

            UndecodableException refusal =
                    refusal(codec(Impression.class, EventFormat.AVRO), payload);

            assertThat(refusal.reason()).isEqualTo(Reason.WRONG_SCHEMA);
            assertThat(refusal)
                    .hasMessageContaining(fingerprint(ImpressionOfCampaign.SCHEMA$))
                    .hasMessageContaining(fingerprint(TODAY));
        }

        @Test
        void aFieldOfNoVersionIsStillRefusedInJson() {
            byte[] json =
                    """
                    {"impressionId": "i", "timestamp": 5, "user": "u", "item": "x", "campain": "spring"}
                    """
                            .getBytes(UTF_8);

            UndecodableException refusal =
                    refusal(
                            codec(Impression.class, EventFormat.JSON, ImpressionOfCampaign.SCHEMA$),
                            json);

            assertThat(refusal).hasMessageContaining("$.campain").hasMessageContaining("unknown");
        }

        @Test
        void twoNamesOfOneFieldAreRefusedInJson() {
            byte[] json =
                    """
                    {"impressionId": "i", "timestamp": 5, "user": "u", "viewer": "v", "item": "x"}
                    """
                            .getBytes(UTF_8);

            assertThat(
                            refusal(
                                    codec(
                                            Impression.class,
                                            EventFormat.JSON,
                                            ImpressionOfViewer.SCHEMA$),
                                    json))
                    .hasMessageContaining("$.viewer");
        }

        private Impression read(byte[] payload, EventFormat format, Schema next)
                throws UndecodableException {
            return codec(Impression.class, format, next).decode(payload);
        }
    }

    private static Impression impression(String user) {
        return new Impression("i", 5L, user, "x", new HashMap<>());
    }

    /** An impression as a later version writes it. */
    private static byte[] written(Schema next, String... fields) throws IOException {
        Written record =
                new Written(next).set("impressionId", "i").set("timestamp", 5L).set("item", "x");
        for (int i = 0; i < fields.length; i += 2) {
            record.set(fields[i], fields[i + 1]);
        }
        return record.bytes();
    }

    private static Schema changed(Schema schema, String regex, String replacement) {
        String before = schema.toString();
        String after = before.replaceAll(regex, replacement);
        assertThat(after).isNotEqualTo(before);
        return new Schema.Parser().parse(after);
    }

    private static <T extends SpecificRecord> EventCodec<T> codec(
            Class<T> type, EventFormat format, Schema... others) {
        return EventCodec.of(type, format, MAX_BYTES, List.of(others));
    }

    private static byte[] golden() throws IOException {
        return golden(EventFormat.AVRO);
    }

    private static byte[] golden(EventFormat format) throws IOException {
        Path folder = Path.of("src/test/resources/golden");
        return switch (format) {
            case AVRO ->
                    HexFormat.of()
                            .parseHex(
                                    Files.readString(folder.resolve("Impression.avro.hex"))
                                            .strip());
            case JSON -> Files.readAllBytes(folder.resolve("Impression.json"));
        };
    }

    private static String fingerprint(Schema schema) {
        return Schemas.hex(Schemas.fingerprint(schema));
    }

    private static UndecodableException refusal(EventCodec<?> codec, byte[] payload) {
        return catchThrowableOfType(UndecodableException.class, () -> codec.decode(payload));
    }

    /** A record as Avro itself writes it. */
    private static final class Written {

        private final Schema schema;
        private final Map<String, Object> values = new HashMap<>();

        Written(Schema schema) {
            this.schema = schema;
        }

        Written set(String field, Object value) {
            values.put(field, value);
            return this;
        }

        byte[] bytes() throws IOException {
            GenericRecordBuilder record = new GenericRecordBuilder(schema);
            values.forEach(record::set);
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            new BinaryMessageEncoder<>(GenericData.get(), schema).encode(record.build(), payload);
            return payload.toByteArray();
        }
    }
}
