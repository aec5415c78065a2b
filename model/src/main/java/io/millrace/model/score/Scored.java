package io.millrace.model.score;

/**
 * Scores and the version that made all of them.
 *
 * @param version the model version
 * @param scores one a candidate, in their order: the click probability, or the predicted rating
 */
@SuppressWarnings("ArrayRecordComponent") // Scores go as they come, without boxing.
public record Scored(long version, float[] scores) {}
