package io.millrace.jobs.label;

/** What has been said of the label of an impression that has come. State keeps the code. */
enum Said {
    NOTHING(0),
    /** Nothing yet, but a late click has come. */
    LATE_CLICK_WAITS(1),
    /** A negative that its clicks replace. */
    NEGATIVE(2),
    /** A negative that is not learned. */
    UNSAMPLED(3),
    /** A negative that its clicks come in addition to. */
    SHOWN(4),
    POSITIVE(5);

    private static final Said[] ALL = values();

    private final byte code;

    Said(int code) {
        this.code = (byte) code;
    }

    /** Whether the end of the window has yet to say something. */
    boolean isOpen() {
        return this == NOTHING || this == LATE_CLICK_WAITS;
    }

    byte code() {
        return code;
    }

    static Said of(byte code) {
        if (code < 0 || code >= ALL.length) {
            throw new IllegalStateException(
                    "state says "
                            + code
                            + " of an impression's label; this version knows 0 to "
                            + (ALL.length - 1));
        }
        return ALL[code];
    }
}
