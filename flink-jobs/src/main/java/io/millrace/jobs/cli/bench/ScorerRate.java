package io.millrace.jobs.cli.bench;

/**
 * How fast the scorer is without anything around it, beside the arithmetic alone; all in candidates
 * a second.
 *
 * @param bare the network's forward pass, with the candidates' rows and numbers given
 * @param examples the scorer, with examples given, that is keys and numbers: it looks up the rows
 * @param requests the scorer, with whole requests given: it reads their features too
 */
public record ScorerRate(double bare, double examples, double requests) {

    /** The share of the bare rate that is left when rows are looked up. */
    public double examplesRatio() {
        return examples / bare;
    }

    /** The share of the bare rate that is left when features are read, too. */
    public double requestsRatio() {
        return requests / bare;
    }
}
