package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryEvent;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** A row that is an impression and, if it was clicked, right behind it a click at the same time. */
public interface ShownRow extends Row {

    List<HistoryEvent.Kind> SHOWN = List.of(HistoryEvent.Kind.IMPRESSION);
    List<HistoryEvent.Kind> CLICKED =
            List.of(HistoryEvent.Kind.IMPRESSION, HistoryEvent.Kind.CLICK);

    boolean isClicked();

    Impression impression(long time);

    @Override
    default List<HistoryEvent.Kind> kinds() {
        return isClicked() ? CLICKED : SHOWN;
    }

    @Override
    default List<SpecificRecord> events(long time) {
        Impression shown = impression(time);
        return isClicked()
                ? List.of(shown, new Click(shown.getImpressionId(), time))
                : List.of(shown);
    }
}
