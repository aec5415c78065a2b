package io.millrace.benchmarks;

import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** An impression with eight features to its bytes on a topic, and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by setUp
public class EventCodecBenchmark {

    @Param({"AVRO", "JSON"})
    EventFormat format;

    private final Impression impression = impression();
    private EventCodec<Impression> codec;
    private byte[] payload;

    @Setup
    public void setUp() {
        codec = EventCodec.of(Impression.class, format);
        payload = codec.encode(impression);
    }

    @Benchmark
    public byte[] encode() {
        return codec.encode(impression);
    }

    @Benchmark
    public Impression decode() throws UndecodableException {
        return codec.decode(payload);
    }

    private static Impression impression() {
        Map<String, Object> features =
                new TreeMap<>(
                        Map.of(
                                "position",
                                3L,
                                "device",
                                "mobile",
                                "category",
                                "books",
                                "price",
                                12.5,
                                "new",
                                true,
                                "genres",
                                List.of("crime", "drama"),
                                "hour",
                                17L,
                                "country",
                                "NL"));
        return new Impression(
                "impression-123456", 1_700_000_000_000L, "user-4711", "item-42", features);
    }
}
