package io.millrace.jobs.feature;

/**
 * What a row held before an event.
 *
 * @param id of the event that asked
 * @param part which of its questions this answers
 * @param time of the event, milliseconds since the epoch
 * @param row its bytes; empty when there is none
 */
record FeatureAnswer(String id, int part, long time, byte[] row) {}
