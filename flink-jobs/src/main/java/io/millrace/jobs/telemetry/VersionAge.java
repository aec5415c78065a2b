package io.millrace.jobs.telemetry;

import io.millrace.model.version.Manifest;
import org.jspecify.annotations.Nullable;

/** How old a version is now, in milliseconds; not a number while there is no version. */
public final class VersionAge {

    private VersionAge() {}

    /** The time since the version was made. */
    public static double sinceCreation(@Nullable Manifest version) {
        return version == null ? Double.NaN : since(version.createdAt());
    }

    /** The time since the events that it has learned from, whatever their sources lag. */
    public static double sinceWatermark(@Nullable Manifest version) {
        return version == null || version.watermark() == Long.MIN_VALUE
                ? Double.NaN
                : since(version.watermark());
    }

    /** Milliseconds since a time since the epoch. */
    public static double since(long time) {
        return (double) System.currentTimeMillis() - time;
    }
}
