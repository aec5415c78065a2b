package io.millrace.schemas.codec;

import static io.millrace.schemas.codec.UndecodableException.Reason.EMPTY;
import static io.millrace.schemas.codec.UndecodableException.Reason.MALFORMED;
import static io.millrace.schemas.codec.UndecodableException.Reason.TOO_LARGE;
import static io.millrace.schemas.codec.UndecodableException.Reason.TRUNCATED;
import static io.millrace.schemas.codec.UndecodableException.Reason.WRONG_SCHEMA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AvroCodecTest {

    private static final Click CLICK = new Click("impression-1", 1_700_000_000_000L);

    private final EventCodec<Click> codec = EventCodec.of(Click.class, EventFormat.AVRO);

    @Test
    void usageExample() throws UndecodableException {
        byte[] payload = codec.encode(CLICK);

        assertThat(codec.decode(payload)).isEqualTo(CLICK);
    }

    @Test
    void itsBytesAreThoseOfAvrosOwnEncoder() throws Exception {
        assertThat(ByteBuffer.wrap(codec.encode(CLICK))).isEqualTo(CLICK.toByteBuffer());
    }

    @ParameterizedTest
    @MethodSource("io.millrace.schemas.codec.SampleEvent#all")
    <T extends SpecificRecord> void everyPrefixIsCutOff(SampleEvent<T> sample) {
        EventCodec<T> codec = sample.codec(EventFormat.AVRO);
        byte[] payload = sample.encoded(EventFormat.AVRO);

        assertThat(refusal(codec, new byte[0]).reason()).isEqualTo(EMPTY);
        for (int length = 1; length < payload.length; length++) {
            assertThat(refusal(codec, Arrays.copyOf(payload, length)).reason())
                    .as("the first %d of %d bytes", length, payload.length)
                    .isEqualTo(TRUNCATED);
        }
    }

    @Test
    void noPayloadIsEmpty() {
        assertThat(refusal(codec, null).reason()).isEqualTo(EMPTY);
    }

    @Test
    void bytesAfterTheRecordAreMalformed() {
        byte[] payload = codec.encode(CLICK);

        UndecodableException refusal = refusal(codec, Arrays.copyOf(payload, payload.length + 2));

        assertThat(refusal.reason()).isEqualTo(MALFORMED);
        assertThat(refusal).hasMessage("The Click ends at byte 29, but 2 more bytes follow.");
    }

    @Test
    void aPayloadAboveTheLimitIsTooLarge() throws UndecodableException {
        byte[] payload = codec.encode(CLICK);
        EventCodec<Click> exact = EventCodec.of(Click.class, EventFormat.AVRO, payload.length);
        EventCodec<Click> tight = EventCodec.of(Click.class, EventFormat.AVRO, payload.length - 1);

        assertThat(exact.decode(payload)).isEqualTo(CLICK);
        UndecodableException refusal = refusal(tight, payload);
        assertThat(refusal.reason()).isEqualTo(TOO_LARGE);
        assertThat(refusal).hasMessage("The payload has 29 bytes; a Click may have 28 at most.");
    }

    @Test
    void anEventOfAnotherTypeIsOfTheWrongSchema() {
        UndecodableException refusal =
                refusal(EventCodec.of(Impression.class, EventFormat.AVRO), codec.encode(CLICK));

        assertThat(refusal.reason()).isEqualTo(WRONG_SCHEMA);
        assertThat(refusal)
                .hasMessageContaining(
                        Schemas.hex(Schemas.fingerprint(Click.getClassSchema()))
                                + " (io.millrace.schemas.Click)")
                .hasMessageContaining(
                        Schemas.hex(Schemas.fingerprint(Impression.getClassSchema()))
                                + " (io.millrace.schemas.Impression)");
    }

    @Test
    void anUnknownFingerprintIsOfTheWrongSchema() {
        byte[] payload = codec.encode(CLICK);
        Arrays.fill(payload, 2, 10, (byte) 0);
        payload[2] = 0x2a;

        UndecodableException refusal = refusal(codec, payload);

        assertThat(refusal.reason()).isEqualTo(WRONG_SCHEMA);
        assertThat(refusal).hasMessageContaining("000000000000002a (unknown)");
    }

    @Test
    void jsonIsMalformedAndNamed() {
        UndecodableException refusal =
                refusal(codec, EventCodec.of(Click.class, EventFormat.JSON).encode(CLICK));

        assertThat(refusal.reason()).isEqualTo(MALFORMED);
        assertThat(refusal).hasMessageEndingWith("it may be JSON.");
    }

    @Test
    void anOlderSchemaInTheStoreIsRead() throws Exception {
        Schema older = ratingSchema().requiredString("item").requiredInt("rating").endRecord();
        byte[] payload =
                writtenWith(older, Map.of("timestamp", 5L, "user", "u", "item", "i", "rating", 4));

        EventCodec<Rating> knowing =
                EventCodec.of(Rating.class, EventFormat.AVRO, 100, List.of(older));

        Rating expected = new Rating(5L, "u", "i", 4.0, new HashMap<>());
        assertThat(knowing.decode(payload)).isEqualTo(expected);
        assertThat(knowing.decode(payload)).isEqualTo(expected);
        EventCodec<Rating> unknowing = EventCodec.of(Rating.class, EventFormat.AVRO);
        assertThat(refusal(unknowing, payload).reason()).isEqualTo(WRONG_SCHEMA);
    }

    @Test
    void anOlderSchemaThatCannotBeResolvedIsWrong() throws Exception {
        Schema older = ratingSchema().requiredString("item").endRecord();
        byte[] payload = writtenWith(older, Map.of("timestamp", 5L, "user", "u", "item", "i"));

        EventCodec<Rating> knowing =
                EventCodec.of(Rating.class, EventFormat.AVRO, 100, List.of(older));

        UndecodableException refusal = refusal(knowing, payload);
        assertThat(refusal.reason()).isEqualTo(WRONG_SCHEMA);
        assertThat(refusal).hasMessageContaining("io.millrace.schemas.Rating");
    }

    @Test
    void anIncompleteEventIsNotEncoded() throws UndecodableException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.encode(new Click(null, 1L)))
                .withMessageContaining("Click")
                .withMessageContaining("impressionId");
        assertThat(codec.decode(codec.encode(CLICK))).isEqualTo(CLICK);
    }

    @Test
    void aFeatureOfAnUnsupportedTypeIsNotEncoded() throws UndecodableException {
        EventCodec<Impression> impressions = EventCodec.of(Impression.class, EventFormat.AVRO);
        Impression impression = SampleEvent.impression();
        impression.getFeatures().put("position", 2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> impressions.encode(impression))
                .withMessageContaining("Integer");
        // Much of it was written before.
        assertThat(impressions.decode(impressions.encode(SampleEvent.impression())))
                .isEqualTo(SampleEvent.impression());
    }

    private static SchemaBuilder.FieldAssembler<Schema> ratingSchema() {
        return SchemaBuilder.record("Rating")
                .namespace("io.millrace.schemas")
                .fields()
                .requiredLong("timestamp")
                .requiredString("user");
    }

    private static byte[] writtenWith(Schema schema, Map<String, Object> values) throws Exception {
        GenericRecordBuilder record = new GenericRecordBuilder(schema);
        values.forEach(record::set);
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        new BinaryMessageEncoder<>(GenericData.get(), schema).encode(record.build(), payload);
        return payload.toByteArray();
    }

    private static UndecodableException refusal(EventCodec<?> codec, byte @Nullable [] payload) {
        return catchThrowableOfType(UndecodableException.class, () -> codec.decode(payload));
    }
}
