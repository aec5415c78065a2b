package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.codec.EventFormat;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs every benchmark's methods once, without JMH, so that none rots unseen. */
class BenchmarksTest {

    @ParameterizedTest
    @MethodSource("benchmarks")
    void runsOnce(Object benchmark) throws Exception {
        for (Method setUp : methods(benchmark.getClass(), Setup.class)) {
            setUp.invoke(benchmark);
        }
        try {
            for (Method method : methods(benchmark.getClass(), Benchmark.class)) {
                assertThat(method.invoke(benchmark)).as(method.toString()).isNotNull();
            }
        } finally {
            for (Method tearDown : methods(benchmark.getClass(), TearDown.class)) {
                tearDown.invoke(benchmark);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("classes")
    void saysWhatEachMethodMeasuresAndAgainstWhat(Class<?> type) {
        List<Method> measured = methods(type, Benchmark.class);
        List<String> baselines =
                measured.stream()
                        .filter(method -> measures(method).against().isEmpty())
                        .map(Method::getName)
                        .toList();

        assertThat(baselines).isNotEmpty().hasSizeLessThan(measured.size());
        for (Method method : measured) {
            assertThat(measures(method).value()).isNotBlank();
            if (!measures(method).against().isEmpty()) {
                assertThat(measures(method).against()).as(method.toString()).isIn(baselines);
            }
        }
    }

    @Test
    void coversWhatAnExampleMeetsOnItsWay() {
        assertThat(classes().map(Class::getSimpleName))
                .containsExactlyInAnyOrder(
                        "EventCodecBenchmark",
                        "MicroBatchBenchmark",
                        "OptimizerBenchmark",
                        "ParameterTableBenchmark",
                        "RowCodecBenchmark",
                        "ScorerBenchmark",
                        "SerializerBenchmark");
    }

    /** An instance of each class for each value of its parameter, if it has one. */
    static Stream<Object> benchmarks() {
        return classes().flatMap(BenchmarksTest::instances);
    }

    static Stream<Class<?>> classes() {
        return BenchmarkList.defaultList()
                .getAll(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        List.of())
                .stream()
                .map(BenchmarkListEntry::getUserClassQName)
                .distinct()
                .map(BenchmarksTest::classOf);
    }

    private static Stream<Object> instances(Class<?> type) {
        Optional<Field> parameter =
                Arrays.stream(type.getDeclaredFields())
                        .filter(field -> field.isAnnotationPresent(Param.class))
                        .findFirst();
        return parameter.isEmpty()
                ? Stream.of(instance(type))
                : Arrays.stream(parameter.get().getAnnotation(Param.class).value())
                        .map(value -> instance(type, parameter.get(), value));
    }

    private static Object instance(Class<?> type, Field parameter, String value) {
        Object benchmark = instance(type);
        try {
            parameter.set(
                    benchmark,
                    parameter.getType() == int.class
                            ? (Object) Integer.valueOf(value)
                            : EventFormat.valueOf(value));
        } catch (IllegalAccessException e) {
            throw new AssertionError(parameter + " is not package-private", e);
        }
        return benchmark;
    }

    private static Object instance(Class<?> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(type + " cannot be made", e);
        }
    }

    private static Class<?> classOf(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError("JMH lists " + name + ", which is not there", e);
        }
    }

    private static Measures measures(Method method) {
        Measures measures = method.getAnnotation(Measures.class);
        assertThat(measures).as(method.toString()).isNotNull();
        return measures;
    }

    private static List<Method> methods(Class<?> type, Class<? extends Annotation> marked) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.isAnnotationPresent(marked))
                .toList();
    }
}
