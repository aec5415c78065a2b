package io.millrace.benchmarks;

import java.io.PrintStream;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * Runs benchmarks as JMH's own main class does, with the same options, and prints a Markdown table
 * at the end that compares each with its baseline.
 */
public final class BenchmarkTable {

    private final Map<String, Double> times = new HashMap<>();

    private BenchmarkTable(Collection<RunResult> results) {
        for (RunResult result : results) {
            BenchmarkParams run = result.getParams();
            times.put(id(run, method(run)), result.getPrimaryResult().getScore());
        }
    }

    public static void main(String[] options) throws RunnerException, CommandLineOptionException {
        Collection<RunResult> results = new Runner(new CommandLineOptions(options)).run();
        new BenchmarkTable(results).print(results, System.out);
    }

    private void print(Collection<RunResult> results, PrintStream out) {
        out.println();
        out.println("| Benchmark | One operation | ns | ± | of baseline |");
        out.println("|---|---|---:|---:|---:|");
        for (RunResult result : results) {
            BenchmarkParams run = result.getParams();
            double time = result.getPrimaryResult().getScore();
            double error = result.getPrimaryResult().getScoreError();
            Measures measures = measures(run);
            out.printf(
                    Locale.ROOT,
                    "| `%s.%s`%s | %s | %s | %s | %s |%n",
                    simpleClass(run),
                    method(run),
                    parameters(run),
                    measures.value(),
                    digits(time),
                    Double.isNaN(error) ? "" : digits(error),
                    ratio(time, times.get(id(run, measures.against())), measures.against()));
        }
    }

    private static String ratio(double time, @Nullable Double baseline, String name) {
        return baseline == null
                ? ""
                : String.format(Locale.ROOT, "%s × `%s`", digits(time / baseline), name);
    }

    /** Three digits that count, or all of them before the point. */
    private static String digits(double number) {
        int before = (int) Math.floor(Math.log10(Math.max(number, 0.01))) + 1;
        return String.format(
                Locale.ROOT, "%,." + Math.max(0, 3 - Math.max(1, before)) + "f", number);
    }

    private static Measures measures(BenchmarkParams run) {
        String name = run.getBenchmark().substring(0, run.getBenchmark().lastIndexOf('.'));
        try {
            return Arrays.stream(Class.forName(name).getMethods())
                    .filter(method -> method.getName().equals(method(run)))
                    .map(BenchmarkTable::measures)
                    .findFirst()
                    .orElseThrow();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("JMH ran " + name + ", which is not there", e);
        }
    }

    private static Measures measures(Method method) {
        return method.getAnnotation(Measures.class);
    }

    private static String id(BenchmarkParams run, String method) {
        return simpleClass(run) + "." + method + parameters(run);
    }

    private static String parameters(BenchmarkParams run) {
        StringBuilder parameters = new StringBuilder();
        for (String name : run.getParamsKeys()) {
            parameters.append(", ").append(run.getParam(name)).append(' ').append(name);
        }
        return parameters.toString();
    }

    private static String method(BenchmarkParams run) {
        return run.getBenchmark().substring(run.getBenchmark().lastIndexOf('.') + 1);
    }

    private static String simpleClass(BenchmarkParams run) {
        String[] names = run.getBenchmark().split("\\.", -1);
        return names[names.length - 2];
    }
}
