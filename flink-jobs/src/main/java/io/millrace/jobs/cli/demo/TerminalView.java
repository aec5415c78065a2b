package io.millrace.jobs.cli.demo;

import io.millrace.jobs.cli.process.Terminal;
import java.io.PrintWriter;
import java.util.List;

/** A picture that is drawn anew in place. */
final class TerminalView implements DemoView {

    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final String ERASE_TO_LINE_END = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";

    private final PrintWriter out;
    private final Terminal terminal;
    private int height;

    TerminalView(PrintWriter out, Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
        out.print(HIDE_CURSOR);
        out.flush();
    }

    @Override
    public synchronized void announce(String what) {
        draw(List.of(" " + what));
    }

    @Override
    public synchronized void show(DemoSnapshot snapshot) {
        draw(DemoFrame.of(snapshot, terminal));
    }

    @Override
    public synchronized void close() {
        out.print(SHOW_CURSOR);
        out.flush();
    }

    private void draw(List<String> lines) {
        StringBuilder frame = new StringBuilder();
        if (height > 0) {
            frame.append("\u001b[").append(height).append('A');
        }
        for (String line : lines) {
            frame.append('\r').append(line).append(ERASE_TO_LINE_END).append('\n');
        }
        out.print(frame.append(ERASE_BELOW));
        out.flush();
        height = lines.size();
    }
}
