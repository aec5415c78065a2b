package io.millrace.jobs.label;

import io.millrace.model.example.Example;

/** An impression that waits for its label; the example's event time is the impression's. */
public record Impressed(String impressionId, Example example) {}
