package io.millrace.jobs.history.file;

import io.millrace.jobs.history.EventLine;
import io.millrace.jobs.history.EventPayloads;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.schemas.Profile;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** A file of {@link EventLine}s, profiles among them. */
public record EventLines(String file) implements RowFormat {

    @Override
    public String name() {
        return "JSON lines " + file;
    }

    @Override
    public RowParser open() {
        EventLine lines = new EventLine();
        return line -> {
            try {
                SpecificRecord read = lines.read(line.text());
                return read instanceof Profile profile
                        ? new ProfileRow(new Row.NamedProfile(lines.profile(), profile))
                        : new EventRow(read);
            } catch (EventLine.BadLineException e) {
                throw new BadRowException(String.valueOf(e.getMessage()));
            }
        };
    }

    /** A row that is a profile. */
    record ProfileRow(Row.NamedProfile profile) implements Row {

        @Override
        public long time() {
            return profile.profile().getTimestamp();
        }

        @Override
        public List<HistoryEvent.Kind> kinds() {
            return List.of();
        }

        @Override
        public List<SpecificRecord> events(long time) {
            return List.of();
        }
    }

    /** A row that is an event. */
    record EventRow(SpecificRecord event) implements Row {

        @Override
        public long time() {
            return EventPayloads.time(event);
        }

        @Override
        public List<HistoryEvent.Kind> kinds() {
            return List.of(EventPayloads.kind(event));
        }

        @Override
        public List<SpecificRecord> events(long time) {
            return List.of(event);
        }
    }
}
