package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.codec.EventFormat;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs every benchmark's methods once, without JMH, so that none rots unseen. */
class BenchmarksTest {

    @ParameterizedTest
    @MethodSource("benchmarks")
    void runsOnce(Object benchmark) throws Exception {
        for (Method setUp : methods(benchmark, Setup.class)) {
            setUp.invoke(benchmark);
        }
        List<Method> measured = methods(benchmark, Benchmark.class);

        assertThat(measured).isNotEmpty();
        for (Method method : measured) {
            assertThat(method.invoke(benchmark)).as(method.toString()).isNotNull();
        }
    }

    @Test
    void jmhKnowsTheSameBenchmarks() {
        Set<String> known =
                BenchmarkList.defaultList()
                        .getAll(
                                OutputFormatFactory.createFormatInstance(
                                        System.out, VerboseMode.SILENT),
                                List.of())
                        .stream()
                        .map(BenchmarkListEntry::getUserClassQName)
                        .collect(Collectors.toSet());

        assertThat(benchmarks().map(benchmark -> benchmark.getClass().getName()).distinct())
                .containsExactlyInAnyOrderElementsOf(known);
    }

    static Stream<Object> benchmarks() {
        return Stream.of(
                        IntStream.of(64, 4).mapToObj(BenchmarksTest::parameterTable),
                        IntStream.of(32, 3073).mapToObj(BenchmarksTest::rowCodec),
                        Arrays.stream(EventFormat.values()).map(BenchmarksTest::eventCodec),
                        IntStream.of(16, 1024).mapToObj(BenchmarksTest::microBatch),
                        Stream.of(
                                        new SgdBenchmark(),
                                        new AdaGradBenchmark(),
                                        new AdamBenchmark(),
                                        new FtrlBenchmark())
                                .map(BenchmarksTest::optimizer))
                .flatMap(instances -> instances);
    }

    private static Object parameterTable(int cacheMebibytes) {
        ParameterTableBenchmark benchmark = new ParameterTableBenchmark();
        benchmark.cacheMebibytes = cacheMebibytes;
        return benchmark;
    }

    private static Object rowCodec(int floats) {
        RowCodecBenchmark benchmark = new RowCodecBenchmark();
        benchmark.floats = floats;
        return benchmark;
    }

    private static Object eventCodec(EventFormat format) {
        EventCodecBenchmark benchmark = new EventCodecBenchmark();
        benchmark.format = format;
        return benchmark;
    }

    private static Object microBatch(int examples) {
        MicroBatchBenchmark benchmark = new MicroBatchBenchmark();
        benchmark.examples = examples;
        return benchmark;
    }

    private static Object optimizer(OptimizerBenchmark benchmark) {
        benchmark.width = 16;
        return benchmark;
    }

    private static List<Method> methods(
            Object benchmark, Class<? extends java.lang.annotation.Annotation> marked) {
        return Arrays.stream(benchmark.getClass().getMethods())
                .filter(method -> method.isAnnotationPresent(marked))
                .toList();
    }
}
