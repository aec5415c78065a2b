package io.millrace.jobs.listing;

import io.millrace.jobs.label.LabelNote;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/** Lines of what the label join made no example of. */
final class NoteLines extends RichMapFunction<LabelNote, String> {

    private static final long serialVersionUID = 1L;

    private transient Listing listing;

    @Override
    public void open(OpenContext context) {
        listing = new Listing();
    }

    @Override
    public String map(LabelNote note) {
        return listing.note(note);
    }
}
