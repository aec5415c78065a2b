package io.millrace.jobs.cli.explain;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** The first heat map of an explanation as a PNG, on a light background. */
public final class HeatMapImage {

    private static final int MARGIN = 32;
    private static final int LARGEST_CELL = 72;
    private static final int SMALLEST_CELL = 22;
    private static final int WIDTH_OF_CELLS = 900;
    private static final int LONGEST_LABEL = 260;
    private static final int NARROWEST = 620;
    private static final int SCALE_WIDTH = 320;
    private static final int SCALE_HEIGHT = 12;
    private static final int TICKS = 5;
    private static final int CELL_WITH_TEXT = 44;
    private static final int LINE = 20;

    private static final Color INK = new Color(0x1c2127);
    private static final Color SOFT = new Color(0x59636e);
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 20);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
    private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    private final Explained explained;
    private final Wording wording;
    private final HeatMap map;
    private final List<String> notes;
    private final int cell;
    private final int label;

    private HeatMapImage(Explained explained) {
        this.explained = explained;
        wording = new Wording(explained);
        notes = notes(explained);
        map = HeatMap.of(explained.drawn()).get(0);
        cell =
                Math.max(
                        SMALLEST_CELL,
                        Math.min(LARGEST_CELL, WIDTH_OF_CELLS / map.columns().size()));
        Graphics2D probe = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        FontMetrics metrics = probe.getFontMetrics(TEXT);
        label =
                Math.min(
                        LONGEST_LABEL,
                        8 + map.rows().stream().mapToInt(metrics::stringWidth).max().orElse(0));
        probe.dispose();
    }

    /** Writes the image; a file that is there is overwritten. */
    public static void write(Explained explained, Path file) throws IOException {
        BufferedImage image = new HeatMapImage(explained).draw();
        if (!ImageIO.write(image, "png", file.toFile())) {
            throw new IOException("this Java cannot write PNG");
        }
    }

    /** What stands below the headline: what the numbers are of, and what of them is drawn. */
    static List<String> notes(Explained explained) {
        Wording wording = new Wording(explained);
        List<String> notes = new ArrayList<>();
        notes.add(wording.caution());
        if (explained.pairs().layers().size() > 1) {
            notes.add(HeatMap.of(explained.drawn()).get(0).title());
        }
        notes.add(wording.leftOut());
        notes.removeIf(String::isEmpty);
        return notes;
    }

    private BufferedImage draw() {
        int head = MARGIN + 52 + LINE * notes.size();
        int top = head + 96;
        int width = Math.max(NARROWEST, label + cell * map.columns().size()) + 2 * MARGIN;
        int height = top + label + cell * map.rows().size() + MARGIN;
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        head(graphics, width - 2 * MARGIN);
        scale(graphics, head + 20);
        labels(graphics, MARGIN + label, top + label);
        cells(graphics, MARGIN + label, top + label);
        graphics.dispose();
        return image;
    }

    private void head(Graphics2D graphics, int width) {
        graphics.setColor(INK);
        graphics.setFont(TITLE);
        String title =
                String.format(
                        Locale.ROOT,
                        "%s, version %,d",
                        explained.manifest().model(),
                        explained.manifest().version());
        graphics.drawString(fitted(graphics, title, width), MARGIN, MARGIN + 18);
        graphics.setFont(TEXT);
        graphics.drawString(fitted(graphics, wording.headline(), width), MARGIN, MARGIN + 46);
        graphics.setColor(SOFT);
        int y = MARGIN + 46;
        for (String note : notes) {
            y += LINE;
            graphics.drawString(fitted(graphics, note, width), MARGIN, y);
        }
    }

    private void scale(Graphics2D graphics, int y) {
        double stepWidth = (double) SCALE_WIDTH / ColorScale.STEPS;
        for (int step = 0; step < ColorScale.STEPS; step++) {
            graphics.setColor(ColorScale.LIGHT.color(step));
            int from = MARGIN + (int) Math.round(step * stepWidth);
            int to = MARGIN + (int) Math.round((step + 1) * stepWidth);
            graphics.fillRect(from, y, to - from, SCALE_HEIGHT);
        }
        graphics.setColor(SOFT);
        graphics.setFont(SMALL);
        FontMetrics metrics = graphics.getFontMetrics();
        for (int tick = 0; tick < TICKS; tick++) {
            double share = (double) tick / (TICKS - 1);
            String text = Wording.number(map.at(share), map.digits());
            int x = (int) (share * (SCALE_WIDTH - metrics.stringWidth(text)));
            graphics.drawString(text, MARGIN + x, y + SCALE_HEIGHT + 16);
        }
        graphics.drawString(wording.unit(), MARGIN + SCALE_WIDTH + 16, y + SCALE_HEIGHT);
        graphics.drawString(wording.axes(), MARGIN, y + SCALE_HEIGHT + 38);
    }

    private void labels(Graphics2D graphics, int left, int top) {
        graphics.setColor(INK);
        graphics.setFont(TEXT);
        FontMetrics metrics = graphics.getFontMetrics();
        int middle = (cell + metrics.getAscent() - metrics.getDescent()) / 2;
        for (int row = 0; row < map.rows().size(); row++) {
            String name = fitted(graphics, map.rows().get(row), label - 8);
            graphics.drawString(
                    name, left - 8 - metrics.stringWidth(name), top + row * cell + middle);
        }
        for (int column = 0; column < map.columns().size(); column++) {
            String name = fitted(graphics, map.columns().get(column), label - 8);
            Graphics2D turned = (Graphics2D) graphics.create();
            turned.translate(left + column * cell + middle, top - 8);
            turned.rotate(-Math.PI / 2);
            turned.drawString(name, 0, 0);
            turned.dispose();
        }
    }

    private void cells(Graphics2D graphics, int left, int top) {
        graphics.setFont(SMALL);
        graphics.setStroke(new BasicStroke(1));
        FontMetrics metrics = graphics.getFontMetrics();
        for (int row = 0; row < map.rows().size(); row++) {
            for (int column = 0; column < map.columns().size(); column++) {
                if (map.isEmpty(row, column)) {
                    continue;
                }
                int x = left + column * cell;
                int y = top + row * cell;
                graphics.setColor(ColorScale.LIGHT.color(map.step(row, column)));
                graphics.fillRect(x, y, cell - 1, cell - 1);
                if (cell >= CELL_WITH_TEXT) {
                    String text = Wording.number(map.values()[row][column], map.digits());
                    graphics.setColor(ColorScale.LIGHT.ink(map.step(row, column)));
                    graphics.drawString(
                            text,
                            x + (cell - metrics.stringWidth(text)) / 2,
                            y + (cell + metrics.getAscent() - metrics.getDescent()) / 2);
                }
            }
        }
    }

    /** The text, cut and ended with an ellipsis when it is too wide. */
    private static String fitted(Graphics2D graphics, String text, int width) {
        FontMetrics metrics = graphics.getFontMetrics();
        if (metrics.stringWidth(text) <= width) {
            return text;
        }
        int length = text.length();
        while (length > 0 && metrics.stringWidth(text.substring(0, length) + "…") > width) {
            length--;
        }
        return text.substring(0, length) + "…";
    }
}
