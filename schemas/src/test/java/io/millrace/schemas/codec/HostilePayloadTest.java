package io.millrace.schemas.codec;

import static io.millrace.schemas.codec.UndecodableException.Reason.MALFORMED;
import static io.millrace.schemas.codec.UndecodableException.Reason.TRUNCATED;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.millrace.schemas.Impression;
import io.millrace.schemas.ScoreRequest;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that nobody vouches for lead to a record or a refusal, within bounded memory. */
class HostilePayloadTest {

    private static final int PAYLOADS = 20_000;
    private static final int HEADER = 10;
    // A record's objects outweigh its bytes; exceptions and first uses have a size of their own.
    private static final long BYTES_FOR_EACH_PAYLOAD_BYTE = 100;
    private static final long BYTES_BESIDE = 4_000_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @MethodSource("io.millrace.schemas.codec.SampleEvent#all")
    <T extends SpecificRecord> void avroIsARecordOrARefusal(SampleEvent<T> sample) {
        byte[] valid = sample.encoded(EventFormat.AVRO);
        Random random = new Random(7);
        assertRecordOrRefusal(sample, EventFormat.AVRO, () -> distorted(valid, HEADER, random));
    }

    @ParameterizedTest
    @MethodSource("io.millrace.schemas.codec.SampleEvent#all")
    <T extends SpecificRecord> void jsonIsARecordOrARefusal(SampleEvent<T> sample) {
        byte[] valid = sample.encoded(EventFormat.JSON);
        Random random = new Random(11);
        assertRecordOrRefusal(sample, EventFormat.JSON, () -> distorted(valid, 1, random));
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 1 << 20, Integer.MAX_VALUE, 1L << 31, 1L << 40, Long.MAX_VALUE})
    void aLengthBeyondThePayloadIsCutOff(long claim) {
        byte[] header = header(SampleEvent.impression());
        byte[] longText = bytes(header, varint(claim));
        byte[] fullMap = bytes(header, new byte[] {0, 0, 0, 0}, varint(claim));
        byte[] fullSizedMap = bytes(header, new byte[] {0, 0, 0, 0}, varint(-claim), varint(0));
        byte[] fullArray = bytes(header, new byte[] {0, 0, 0, 0, 2, 0}, varint(5), varint(claim));

        for (byte[] payload : new byte[][] {longText, fullMap, fullSizedMap, fullArray}) {
            UndecodableException refusal = refusal(Impression.class, payload);
            assertThat(refusal.reason()).isEqualTo(TRUNCATED);
            // It was refused for the claim, not after a try to read that much.
            assertThat(refusal).hasMessageContaining(" " + claim + " ");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Integer.MIN_VALUE, Long.MIN_VALUE})
    void aNegativeLengthIsMalformed(long length) {
        byte[] payload = bytes(header(SampleEvent.impression()), varint(length));

        assertThat(refusal(Impression.class, payload).reason()).isEqualTo(MALFORMED);
    }

    @Test
    void aBlockCountWithoutPositiveCounterpartIsMalformed() {
        byte[] payload =
                bytes(
                        header(SampleEvent.impression()),
                        new byte[] {0, 0, 0, 0},
                        varint(Long.MIN_VALUE),
                        varint(0));

        assertThat(refusal(Impression.class, payload).reason()).isEqualTo(MALFORMED);
    }

    @Test
    void aBooleanIsZeroOrOne() {
        byte[] oneFeature = {0, 0, 0, 0, 2, 0, 6, 2, 0};
        byte[] payload = bytes(header(SampleEvent.impression()), oneFeature);

        assertThat(refusal(Impression.class, payload).reason()).isEqualTo(MALFORMED);
    }

    @Test
    void aMapWithoutEndIsCutOff() {
        byte[] payload = Arrays.copyOf(header(SampleEvent.impression()), HEADER + 4 + 3 * 20_000);
        // Blocks of one entry each: an empty name with null.
        for (int at = HEADER + 4; at < payload.length; at += 3) {
            payload[at] = 2;
        }

        assertThat(refusal(Impression.class, payload).reason()).isEqualTo(TRUNCATED);
    }

    @Test
    void textThatIsNotUtf8IsMalformed() throws UndecodableException {
        Impression replaced = SampleEvent.impression();
        replaced.setUser("\uFFFD");
        EventCodec<Impression> codec = EventCodec.of(Impression.class, EventFormat.AVRO);
        byte[] payload = codec.encode(replaced);
        assertThat(codec.decode(payload)).isEqualTo(replaced);

        int at = new String(payload, ISO_8859_1).indexOf("\u00EF\u00BF\u00BD");
        payload[at] = (byte) 0xFF;

        UndecodableException refusal = refusal(Impression.class, payload);
        assertThat(refusal.reason()).isEqualTo(MALFORMED);
        assertThat(refusal).hasMessageContaining("is not UTF-8");
    }

    @Test
    void theSmallestItemsFillNoMoreMemoryThanTheirBytesAllow() {
        byte[] header = header(new ScoreRequest("", 0L, "", Map.of(), List.of()));
        int items = (EventCodec.DEFAULT_MAX_PAYLOAD_BYTES - 100) / 2;
        byte[] payload =
                bytes(
                        header,
                        new byte[] {0, 0, 0, 0},
                        varint(items),
                        new byte[2 * items],
                        varint(0));
        EventCodec<ScoreRequest> codec = EventCodec.of(ScoreRequest.class, EventFormat.AVRO);

        assertThat(
                        allocatedBy(
                                () ->
                                        assertThat(codec.decode(payload).getCandidates())
                                                .hasSize(items)))
                .isLessThan(BYTES_FOR_EACH_PAYLOAD_BYTE * payload.length);
    }

    @Test
    void jsonOfAnyDepthIsRefused() {
        EventCodec<Impression> codec = EventCodec.of(Impression.class, EventFormat.JSON);
        for (String opening : new String[] {"[", "{\"features\":", "{\"a\":["}) {
            byte[] payload = opening.repeat((1 << 20) / opening.length()).getBytes(UTF_8);

            assertThat(
                            catchThrowableOfType(
                                    UndecodableException.class, () -> codec.decode(payload)))
                    .isNotNull();
        }
    }

    private <T extends SpecificRecord> void assertRecordOrRefusal(
            SampleEvent<T> sample, EventFormat format, PayloadSource payloads) {
        EventCodec<T> codec = sample.codec(format);
        Map<UndecodableException.Reason, Integer> refusals =
                new EnumMap<>(UndecodableException.Reason.class);
        int records = 0;
        for (int i = 0; i < PAYLOADS; i++) {
            byte[] payload = payloads.next();
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                // What is decoded must also be whole: encoding visits every field.
                codec.encode(codec.decode(payload));
                records++;
            } catch (UndecodableException e) {
                refusals.merge(e.reason(), 1, Integer::sum);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .isLessThan(BYTES_FOR_EACH_PAYLOAD_BYTE * payload.length + BYTES_BESIDE);
        }
        assertThat(records).as("records among the payloads").isGreaterThan(100);
        assertThat(refusals).containsKeys(TRUNCATED, MALFORMED);
    }

    private interface PayloadSource {
        byte[] next();
    }

    private interface Decoding {
        void run() throws UndecodableException;
    }

    private long allocatedBy(Decoding decoding) {
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            decoding.run();
        } catch (UndecodableException e) {
            throw new AssertionError(e);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** A valid payload, cut, flipped, spliced or replaced behind its first {@code kept} bytes. */
    private static byte[] distorted(byte[] valid, int kept, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> randomBytes(random.nextInt(200), random);
            case 1 -> bytes(Arrays.copyOf(valid, kept), randomBytes(random.nextInt(200), random));
            case 2 -> Arrays.copyOf(valid, random.nextInt(valid.length));
            case 3 -> flipped(valid, 0, random);
            case 4 -> flipped(valid, kept, random);
            default -> spliced(valid, kept, random);
        };
    }

    private static byte[] flipped(byte[] valid, int from, Random random) {
        byte[] payload = valid.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
            payload[from + random.nextInt(valid.length - from)] ^= (byte) (1 << random.nextInt(8));
        }
        return payload;
    }

    private static byte[] spliced(byte[] valid, int kept, Random random) {
        int at = kept + random.nextInt(valid.length - kept);
        long claim = random.nextLong() >> random.nextInt(64);
        return bytes(
                Arrays.copyOf(valid, at),
                varint(claim),
                Arrays.copyOfRange(valid, at, valid.length));
    }

    private static byte[] randomBytes(int length, Random random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] header(Impression impression) {
        return Arrays.copyOf(
                EventCodec.of(Impression.class, EventFormat.AVRO).encode(impression), HEADER);
    }

    private static byte[] header(ScoreRequest request) {
        return Arrays.copyOf(
                EventCodec.of(ScoreRequest.class, EventFormat.AVRO).encode(request), HEADER);
    }

    /** Avro's long: zigzag, then 7 bits a byte from the lowest. */
    private static byte[] varint(long value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long bits = (value << 1) ^ (value >> 63);
        while ((bits & ~0x7fL) != 0) {
            bytes.write((int) ((bits & 0x7f) | 0x80));
            bits >>>= 7;
        }
        bytes.write((int) bits);
        return bytes.toByteArray();
    }

    private static byte[] bytes(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static <T extends SpecificRecord> UndecodableException refusal(
            Class<T> type, byte[] payload) {
        EventCodec<T> codec = EventCodec.of(type, EventFormat.AVRO);
        return catchThrowableOfType(UndecodableException.class, () -> codec.decode(payload));
    }
}
