package io.millrace.jobs.cli.explain;

/** An explanation as a part of a page about more than it. */
public final class ExplainSection {

    /** Its headings stand below one of this level. */
    private static final int BELOW = 3;

    private ExplainSection() {}

    /** The style of pages, for a light and a dark scheme; of figures with it. */
    public static String style() {
        return ExplainPage.style();
    }

    /** What makes figures say a cell's value. */
    public static String script() {
        return ExplainPage.script();
    }

    /** Its figures, its strongest pairs, and what it was computed of. */
    public static String of(Explained explained) {
        return new ExplainPage(explained, BELOW + 1).section();
    }
}
