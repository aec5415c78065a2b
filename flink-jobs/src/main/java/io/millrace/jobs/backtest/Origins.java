package io.millrace.jobs.backtest;

import io.millrace.jobs.history.History;
import io.millrace.jobs.history.KafkaHistory;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.DeadLetter;
import java.io.Serializable;

/**
 * Where events stand, for people.
 *
 * @param inTopics or else in files
 */
record Origins(boolean inTopics) implements Serializable {

    static Origins of(History history) {
        return new Origins(history instanceof KafkaHistory);
    }

    String text(Origin origin) {
        return text(origin.topic(), origin.partition(), origin.offset());
    }

    String text(DeadLetter letter) {
        return text(letter.getTopic(), letter.getPartition(), letter.getOffset());
    }

    private String text(String source, int partition, long at) {
        return inTopics ? source + "-" + partition + ", offset " + at : source + ", line " + at;
    }
}
