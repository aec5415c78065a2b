package io.millrace.jobs.cli.demo;

import io.millrace.jobs.cli.process.Terminal;
import java.io.PrintWriter;

/** Where a demo can be watched. */
public interface DemoView extends AutoCloseable {

    /** The view that suits an output. */
    static DemoView on(PrintWriter out, Terminal terminal) {
        return terminal.interactive() ? new TerminalView(out, terminal) : new LineView(out);
    }

    /** Something is being done that takes a moment. */
    void announce(String what);

    /** The demo has come this far. */
    void show(DemoSnapshot snapshot);

    /** Leaves the last picture and gives the output back. */
    @Override
    void close();
}
