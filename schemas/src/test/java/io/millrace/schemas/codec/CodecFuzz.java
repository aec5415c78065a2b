package io.millrace.schemas.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes arrive, the answer is a record that can be written again, or a refusal in one
 * printable sentence, and it comes soon.
 */
abstract class CodecFuzz {

    /** Of a thousand inputs that all fuzz tests share, those of all records in both formats. */
    private static final int SHARE = 640;

    private static final long MOST_NANOS = 1_000_000_000;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    /** Inputs of all fuzz tests together. */
    abstract int inputs();

    @ParameterizedTest
    @MethodSource("io.millrace.schemas.codec.SampleEvent#all")
    <T extends SpecificRecord> void avro(SampleEvent<T> sample) {
        PayloadMutations mutations = new PayloadMutations(new Random(31));
        List<byte[]> others =
                SampleEvent.all().stream().map(other -> other.encoded(EventFormat.AVRO)).toList();
        byte[] valid = sample.encoded(EventFormat.AVRO);
        fuzz(sample, EventFormat.AVRO, i -> mutations.ofAvro(valid, others.get(i % others.size())));
    }

    @ParameterizedTest
    @MethodSource("io.millrace.schemas.codec.SampleEvent#all")
    <T extends SpecificRecord> void json(SampleEvent<T> sample) {
        PayloadMutations mutations = new PayloadMutations(new Random(32));
        byte[] valid = sample.encoded(EventFormat.JSON);
        fuzz(sample, EventFormat.JSON, i -> mutations.ofJson(valid));
    }

    private <T extends SpecificRecord> void fuzz(
            SampleEvent<T> sample, EventFormat format, Payloads payloads) {
        EventCodec<T> codec = sample.codec(format);
        EventCodec<T> avro = sample.codec(EventFormat.AVRO);
        Map<UndecodableException.Reason, Integer> refusals =
                new EnumMap<>(UndecodableException.Reason.class);
        int accepted = 0;
        int count = inputs() / 1000 * SHARE / (2 * SampleEvent.all().size());
        for (int i = 0; i < count; i++) {
            byte[] payload = payloads.get(i);
            long before = threads.getCurrentThreadCpuTime();
            try {
                T event = codec.decode(payload);
                accepted++;
                // What comes in as JSON may go out as Avro.
                if (!isSame(codec.decode(codec.encode(event)), event)
                        || !isSame(avro.decode(avro.encode(event)), event)) {
                    throw new AssertionError("it was not read back as it was written");
                }
            } catch (UndecodableException e) {
                refusals.merge(e.reason(), 1, Integer::sum);
                String message = String.valueOf(e.getMessage());
                if (message.length() > 1010
                        || message.isBlank()
                        || message.endsWith("null")
                        || message.chars().anyMatch(Character::isISOControl)) {
                    throw new AssertionError(shown(i, payload) + " led to: " + message);
                }
            } catch (RuntimeException | Error e) {
                throw new AssertionError(shown(i, payload), e);
            }
            if (threads.getCurrentThreadCpuTime() - before > MOST_NANOS) {
                throw new AssertionError(shown(i, payload) + " took more than a second");
            }
        }
        assertThat(accepted).as("accepted of " + count).isBetween(count / 200, count / 2);
        assertThat(refusals.keySet())
                .contains(
                        UndecodableException.Reason.TRUNCATED,
                        UndecodableException.Reason.MALFORMED);
    }

    /** To Avro, a record with a NaN is not equal to itself. */
    private static boolean isSame(SpecificRecord a, SpecificRecord b) {
        return a.equals(b) || a.toString().equals(b.toString());
    }

    private static String shown(int i, byte[] payload) {
        return "payload " + i + " " + HexFormat.of().formatHex(payload);
    }

    private interface Payloads {
        byte[] get(int i);
    }
}
