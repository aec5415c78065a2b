package io.millrace.jobs.history;

import io.millrace.jobs.source.Origin;

/**
 * A recorded profile as its topic holds it.
 *
 * @param table which profile it is of: of topics the topic, of files the profile's name
 * @param origin topic, partition and offset; of a file its name, 0 and the line, from 1
 * @param payload in the history's format; empty where a profile was removed
 */
public record HistoryProfile(String table, Origin origin, byte[] payload) {}
