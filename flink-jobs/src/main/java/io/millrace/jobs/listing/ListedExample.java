package io.millrace.jobs.listing;

import io.millrace.model.example.Labellable;

/**
 * An example as it is listed: what it is made of instead of what a network would be given.
 *
 * @param id the impression's; of a rating none
 * @param line the event's in the file, from 1
 * @param features JSON object: by feature, the value that was read for it
 * @param eventTime milliseconds since the epoch
 */
record ListedExample(
        String id,
        long line,
        String user,
        String item,
        String features,
        float label,
        float weight,
        long eventTime)
        implements Labellable<ListedExample> {

    @Override
    public ListedExample labelled(float newLabel, float newWeight) {
        return new ListedExample(id, line, user, item, features, newLabel, newWeight, eventTime);
    }

    /** The same with other values. */
    ListedExample with(String newFeatures) {
        return new ListedExample(id, line, user, item, newFeatures, label, weight, eventTime);
    }

    /** The same as the event of this id in that line. */
    ListedExample of(String newId, long newLine) {
        return new ListedExample(newId, newLine, user, item, features, label, weight, eventTime);
    }
}
