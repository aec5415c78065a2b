package io.millrace.model.stream;

import io.millrace.model.stream.StreamFeature.Occasion;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The values of a field in the last events of a kind.
 *
 * @param length how many at most
 * @param texts the newest last
 */
record LastTexts(Occasion of, String field, int length, List<String> texts) implements Accumulator {

    LastTexts {
        texts = texts.size() > length ? texts.subList(texts.size() - length, texts.size()) : texts;
        texts = List.copyOf(texts);
    }

    LastTexts(Occasion of, String field, int length) {
        this(of, field, length, List.of());
    }

    /** Without the length: what is there stays when it changes. */
    @Override
    public String definition() {
        return "last of=" + of + " field=" + field;
    }

    @Override
    public boolean isEmpty() {
        return texts.isEmpty();
    }

    @Override
    public boolean takes(StreamUpdate update) {
        return update instanceof StreamUpdate.Happened happened
                && update.is(of)
                && happened.recorded().containsKey(field);
    }

    @Override
    public LastTexts after(StreamUpdate update) {
        List<String> longer = new ArrayList<>(texts);
        longer.addAll(((StreamUpdate.Happened) update).recorded().getOrDefault(field, List.of()));
        return new LastTexts(of, field, length, longer);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        StreamBytes.writeTexts(texts, out);
    }

    @Override
    public LastTexts read(DataInput in) throws IOException {
        return new LastTexts(of, field, length, StreamBytes.readTexts(in));
    }

    @Override
    public LastTexts or(Accumulator other) {
        LastTexts one = (LastTexts) other;
        return one.length > length ? one : this;
    }
}
