package io.millrace.jobs.simulate;

/**
 * An item that a user sees, by number.
 *
 * @param time event time, milliseconds since the epoch
 * @param position from 1
 */
public record View(long time, int user, int item, int position, int device) {}
