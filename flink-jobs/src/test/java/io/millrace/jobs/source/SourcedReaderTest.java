package io.millrace.jobs.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.codec.UndecodableException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SourcedReaderTest {

    private static final long ARRIVAL = 1_700_000_000_000L;
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long CENTURY = 100L * 365 * 24 * HOUR;
    private static final Origin ORIGIN = new Origin("clicks", 2, 7, ARRIVAL);

    @Test
    void usageExample() {
        SourcedReader<String> reader = new SourcedReader<>(new Timed(), Duration.ofHours(1));

        assertThat(reader.read(bytes(5), ORIGIN)).isEqualTo(new Sourced.Event<>(ORIGIN, 5, "5"));
    }

    @Test
    void whatCannotBeDecodedIsADeadLetter() {
        DeadLetter letter = rejected("no number".getBytes(UTF_8), ORIGIN);

        assertThat(letter.getReason()).isEqualTo("MALFORMED");
        assertThat(letter.getDetail()).isEqualTo("no time");
        assertThat(letter.getPayload().array()).isEqualTo("no number".getBytes(UTF_8));
        assertThat(letter.getTopic()).isEqualTo("clicks");
        assertThat(letter.getPartition()).isEqualTo(2);
        assertThat(letter.getOffset()).isEqualTo(7);
        assertThat(letter.getTimestamp()).isEqualTo(ARRIVAL);
    }

    @Test
    void nothingIsAnEmptyPayload() {
        DeadLetter letter = rejected(null, ORIGIN);

        assertThat(letter.getReason()).isEqualTo("MALFORMED");
        assertThat(letter.getPayload().array()).isEmpty();
    }

    @Test
    void aValueThatCannotBeUsedIsADeadLetter() {
        assertThat(rejected("bad value".getBytes(UTF_8), ORIGIN).getReason())
                .isEqualTo(DeadLetters.INVALID_VALUE);
    }

    @Test
    void aTimeFurtherAheadOfItsArrivalThanAllowedIsADeadLetter() {
        assertThat(read(bytes(ARRIVAL + HOUR), ORIGIN)).isInstanceOf(Sourced.Event.class);
        assertThat(rejected(bytes(ARRIVAL + HOUR + 1), ORIGIN).getReason())
                .isEqualTo(DeadLetters.INVALID_TIME);
        assertThat(rejected(bytes(-1), ORIGIN).getReason()).isEqualTo(DeadLetters.INVALID_TIME);
    }

    @Test
    void anArrivalInTheFutureOrUnknownIsNow() {
        long future = System.currentTimeMillis() + CENTURY;

        assertThat(rejected(bytes(future), new Origin("clicks", 0, 0, future)).getReason())
                .isEqualTo(DeadLetters.INVALID_TIME);
        assertThat(rejected(bytes(future), new Origin("clicks", 0, 0, -1)).getReason())
                .isEqualTo(DeadLetters.INVALID_TIME);
        assertThat(read(bytes(ARRIVAL), new Origin("clicks", 0, 0, -1)))
                .isInstanceOf(Sourced.Event.class);
    }

    private static DeadLetter rejected(byte[] payload, Origin origin) {
        Sourced<String> sourced = read(payload, origin);
        assertThat(sourced).isInstanceOf(Sourced.Rejected.class);
        assertThat(sourced.origin()).isEqualTo(origin);
        return ((Sourced.Rejected<String>) sourced).letter();
    }

    private static Sourced<String> read(byte[] payload, Origin origin) {
        return new SourcedReader<>(new Timed(), Duration.ofHours(1)).read(payload, origin);
    }

    private static byte[] bytes(long time) {
        return Long.toString(time).getBytes(UTF_8);
    }

    /** Payloads that are a time in digits. */
    private record Timed() implements EventReader<String> {

        @Override
        public Opened<String> open() {
            return (payload, origin) -> {
                String text = new String(payload, UTF_8);
                if (text.equals("bad value")) {
                    throw new InvalidEventException("bad");
                }
                try {
                    return new Sourced.Event<>(origin, Long.parseLong(text), text);
                } catch (NumberFormatException e) {
                    throw new UndecodableException(
                            UndecodableException.Reason.MALFORMED, "no time");
                }
            };
        }
    }
}
