package io.millrace.jobs.cli.explain;

import java.awt.Color;
import java.util.List;
import java.util.Locale;

/**
 * A sequential scale from yellow over green to blue whose lightness changes evenly, so that it
 * reads without seeing hues: YlGnBu of <a href="https://colorbrewer2.org">ColorBrewer</a>. What is
 * strong is far from the background, on a light one and on a dark one.
 */
enum ColorScale {
    LIGHT(
            List.of(
                    0xfbfbe6, 0xedf8b1, 0xc7e9b4, 0x7fcdbb, 0x41b6c4, 0x1d91c0, 0x225ea8, 0x253494,
                    0x081d58)),
    DARK(
            List.of(
                    0x16203a, 0x203372, 0x225ea8, 0x1d91c0, 0x41b6c4, 0x7fcdbb, 0xc7e9b4, 0xedf8b1,
                    0xffffd9));

    /** Colours that a value may have, from 0. */
    static final int STEPS = 25;

    private static final double TELLS_BLACK = 0.179;

    private final List<Integer> anchors;

    ColorScale(List<Integer> anchors) {
        this.anchors = anchors;
    }

    /** The step of a value between the scale's ends. */
    static int step(double value, double min, double max) {
        if (!(max > min)) {
            return STEPS / 2;
        }
        double share = Math.min(1, Math.max(0, (value - min) / (max - min)));
        return (int) Math.round(share * (STEPS - 1));
    }

    Color color(int step) {
        double at = (double) step / (STEPS - 1) * (anchors.size() - 1);
        int before = Math.min((int) at, anchors.size() - 2);
        Color from = new Color(anchors.get(before));
        Color to = new Color(anchors.get(before + 1));
        double share = at - before;
        return new Color(
                mixed(from.getRed(), to.getRed(), share),
                mixed(from.getGreen(), to.getGreen(), share),
                mixed(from.getBlue(), to.getBlue(), share));
    }

    /** Black or white, whichever is easier to read on the colour of a step. */
    Color ink(int step) {
        return luminance(color(step)) > TELLS_BLACK ? Color.BLACK : Color.WHITE;
    }

    /** As CSS writes it. */
    static String hex(Color color) {
        return String.format(Locale.ROOT, "#%06x", color.getRGB() & 0xffffff);
    }

    /** Relative luminance as WCAG 2 defines it. */
    private static double luminance(Color color) {
        return 0.2126 * linear(color.getRed())
                + 0.7152 * linear(color.getGreen())
                + 0.0722 * linear(color.getBlue());
    }

    private static double linear(int channel) {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static int mixed(int from, int to, double share) {
        return (int) Math.round(from + (to - from) * share);
    }
}
