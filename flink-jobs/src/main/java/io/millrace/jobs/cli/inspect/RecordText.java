package io.millrace.jobs.cli.inspect;

import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.codec.Printable;
import io.millrace.schemas.codec.ReadableJson;
import java.util.ArrayList;
import java.util.List;

/** A record as people read it. */
final class RecordText {

    private static final String INDENT = "  ";

    private RecordText() {}

    static List<String> of(Inspected record) {
        List<String> lines = new ArrayList<>();
        DeadLetter letter = record.letter();
        if (letter != null) {
            lines.add(
                    "%s  %s  written %s, set aside %s"
                            .formatted(
                                    Printable.of(letter.getReason()),
                                    Printable.of(
                                            Inspected.place(
                                                    letter.getTopic(),
                                                    letter.getPartition(),
                                                    letter.getOffset())),
                                    Inspected.instant(letter.getTimestamp()),
                                    Inspected.instant(letter.getTime())));
            lines.add(INDENT + Printable.of(letter.getDetail()));
        } else {
            lines.add(
                    "%s%s  written %s"
                            .formatted(
                                    record.place(),
                                    record.key() == null
                                            ? ""
                                            : "  key " + Printable.of(record.key()),
                                    Inspected.instant(record.timestamp())));
            if (record.content().problem() != null) {
                lines.add(INDENT + Printable.of(record.content().problem()));
            }
        }
        lines.addAll(content(record.content()));
        return lines;
    }

    private static List<String> content(Content content) {
        if (content.event() == null) {
            return HexDump.of(content.bytes()).stream().map(line -> INDENT + line).toList();
        }
        String type = content.isAsExpected() ? "" : content.event().getSchema().getName() + " ";
        return List.of(INDENT + type + ReadableJson.of(content.event()));
    }
}
