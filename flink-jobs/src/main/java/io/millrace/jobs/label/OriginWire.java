package io.millrace.jobs.label;

import io.millrace.jobs.source.Origin;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** {@link Origin} on the wire, as part of what has a format. */
final class OriginWire {

    private OriginWire() {}

    static void write(Origin origin, DataOutputView target) throws IOException {
        target.writeUTF(origin.topic());
        target.writeInt(origin.partition());
        target.writeLong(origin.offset());
        target.writeLong(origin.arrivalTime());
    }

    static Origin read(DataInputView source) throws IOException {
        return new Origin(source.readUTF(), source.readInt(), source.readLong(), source.readLong());
    }
}
