package io.millrace.jobs.cli.demo;

import java.util.List;

/** Bars and curves made of characters. */
record Graphics(boolean unicode) {

    private static final String BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private static final String PLAIN = "_.-=+*#@";

    /** A bar that is full at 1. */
    String bar(double part, int width) {
        int full = (int) Math.round(Math.min(1, Math.max(0, part)) * width);
        return (unicode ? "\u2588" : "#").repeat(full)
                + (unicode ? "\u2591" : ".").repeat(width - full);
    }

    /** A curve from {@code low} at the bottom to {@code high} at the top. */
    String curve(List<Double> values, double low, double high, int width) {
        String levels = unicode ? BLOCKS : PLAIN;
        StringBuilder curve = new StringBuilder();
        int columns = Math.min(width, values.size());
        for (int column = 0; column < columns; column++) {
            double value = mean(values, column, columns);
            double height = high > low ? (value - low) / (high - low) : 1;
            int level = (int) Math.min(levels.length() - 1, Math.max(0, height * levels.length()));
            curve.append(levels.charAt(level));
        }
        return curve.toString();
    }

    /** The mean of the values that share a column. */
    private static double mean(List<Double> values, int column, int columns) {
        int from = (int) ((long) column * values.size() / columns);
        int to = (int) ((long) (column + 1) * values.size() / columns);
        return values.subList(from, to).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
    }
}
