package io.millrace.jobs.label;

import io.millrace.jobs.source.Origin;

/**
 * A click, with what it takes to set it aside should its impression never come.
 *
 * @param time event time, milliseconds since the epoch
 * @param payload the record's bytes
 */
public record Clicked(String impressionId, long time, Origin origin, byte[] payload) {}
