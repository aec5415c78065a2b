package io.millrace.jobs.backtest;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.feature.FeatureEventSerializer;
import io.millrace.jobs.label.LabelEvent;
import io.millrace.jobs.label.LabelEventSerializer;
import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** {@link ReadEvent} on the wire. */
public final class ReadEventSerializer extends ImmutableSerializer<ReadEvent> {

    static final SerializerTypeInfo<ReadEvent> TYPE =
            SerializerTypeInfo.of(ReadEvent.class, ReadEventSerializer::new);

    private static final long serialVersionUID = 1L;

    private final TypeSerializer<LabelEvent<BacktestExample>> events =
            LabelEventSerializer.type(new BacktestExampleSerializer())
                    .createSerializer(new SerializerConfigImpl());
    private final FeatureEventSerializer updates = new FeatureEventSerializer();

    @Override
    public void serialize(ReadEvent read, DataOutputView target) throws IOException {
        target.writeLong(read.place());
        target.writeLong(read.number());
        target.writeLong(read.time());
        target.writeBoolean(read.event() != null);
        if (read.event() != null) {
            events.serialize(read.event(), target);
        }
        target.writeBoolean(read.profile() != null);
        if (read.profile() != null) {
            write(read.profile(), target);
        }
        target.writeInt(read.rejected().size());
        for (RejectedEvent rejected : read.rejected()) {
            write(rejected, target);
        }
    }

    @Override
    public ReadEvent deserialize(DataInputView source) throws IOException {
        long place = source.readLong();
        long number = source.readLong();
        long time = source.readLong();
        LabelEvent<BacktestExample> event =
                source.readBoolean() ? events.deserialize(source) : null;
        ReadEvent.Profile profile = source.readBoolean() ? readProfile(source) : null;
        int count = source.readInt();
        List<RejectedEvent> rejected = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rejected.add(readRejected(source));
        }
        return new ReadEvent(place, number, time, event, profile, rejected);
    }

    private void write(ReadEvent.Profile profile, DataOutputView target) throws IOException {
        target.writeLong(profile.digest());
        target.writeInt(profile.updates().size());
        for (FeatureEvent update : profile.updates()) {
            updates.serialize(update, target);
        }
    }

    private ReadEvent.Profile readProfile(DataInputView source) throws IOException {
        long digest = source.readLong();
        int count = source.readInt();
        List<FeatureEvent> read = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            read.add(updates.deserialize(source));
        }
        return new ReadEvent.Profile(read, digest);
    }

    static void write(RejectedEvent rejected, DataOutputView target) throws IOException {
        StringValue.writeString(rejected.origin(), target);
        StringValue.writeString(rejected.pipeline(), target);
        StringValue.writeString(rejected.reason(), target);
        StringValue.writeString(rejected.detail(), target);
    }

    static RejectedEvent readRejected(DataInputView source) throws IOException {
        return new RejectedEvent(
                StringValue.readString(source),
                StringValue.readString(source),
                StringValue.readString(source),
                StringValue.readString(source));
    }
}
