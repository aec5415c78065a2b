package io.millrace.jobs.label;

import io.millrace.jobs.source.Origin;

/** A record as it was received: what it takes to set it aside. */
public record Received(Origin origin, byte[] payload) {}
