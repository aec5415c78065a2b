package io.millrace.jobs.cli.bench;

/**
 * How fast the scorer is without anything around it, beside the engine alone; all in candidates a
 * second.
 *
 * @param network the network's forward pass, with the candidates' rows and numbers given
 * @param model the whole model's, with row numbers given: the engine looks the rows up in a tensor
 * @param examples the scorer, with examples given, that is keys and numbers: it looks up the rows
 * @param requests the scorer, with whole requests given: it reads their features too
 */
public record ScorerRate(double network, double model, double examples, double requests) {}
