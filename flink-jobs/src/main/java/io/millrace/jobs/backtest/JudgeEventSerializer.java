package io.millrace.jobs.backtest;

import io.millrace.jobs.train.BatchOutcomeSerializer;
import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** {@link JudgeEvent} on the wire. */
public final class JudgeEventSerializer extends ImmutableSerializer<JudgeEvent> {

    static final SerializerTypeInfo<JudgeEvent> TYPE =
            SerializerTypeInfo.of(JudgeEvent.class, JudgeEventSerializer::new);

    private static final long serialVersionUID = 1L;
    private static final int JOINED = 1;
    private static final int PREDICTED = 2;
    private static final int REJECTED = 3;
    private static final int UNLABELLED = 4;
    private static final int ENDED = 5;
    private static final int PROFILES = 6;

    private final BatchOutcomeSerializer outcomes = new BatchOutcomeSerializer();

    @Override
    public void serialize(JudgeEvent event, DataOutputView target) throws IOException {
        if (event instanceof JudgeEvent.Joined joined) {
            target.writeByte(JOINED);
            write(joined, target);
        } else if (event instanceof JudgeEvent.Predicted predicted) {
            target.writeByte(PREDICTED);
            target.writeInt(predicted.pipeline());
            outcomes.serialize(predicted.outcome(), target);
        } else if (event instanceof JudgeEvent.Rejected rejected) {
            target.writeByte(REJECTED);
            target.writeLong(rejected.number());
            ReadEventSerializer.write(rejected.event(), target);
        } else if (event instanceof JudgeEvent.Unlabelled) {
            target.writeByte(UNLABELLED);
        } else if (event instanceof JudgeEvent.Ended ended) {
            target.writeByte(ENDED);
            target.writeLong(ended.events());
        } else if (event instanceof JudgeEvent.Profiles profiles) {
            target.writeByte(PROFILES);
            target.writeLong(profiles.count());
            StringValue.writeString(profiles.fingerprint(), target);
        }
    }

    @Override
    public JudgeEvent deserialize(DataInputView source) throws IOException {
        int kind = source.readByte();
        return switch (kind) {
            case JOINED -> readJoined(source);
            case PREDICTED ->
                    new JudgeEvent.Predicted(source.readInt(), outcomes.deserialize(source));
            case REJECTED ->
                    new JudgeEvent.Rejected(
                            source.readLong(), ReadEventSerializer.readRejected(source));
            case UNLABELLED -> new JudgeEvent.Unlabelled();
            case ENDED -> new JudgeEvent.Ended(source.readLong());
            case PROFILES ->
                    new JudgeEvent.Profiles(source.readLong(), StringValue.readString(source));
            default -> throw new IOException("unknown kind of event for the judge: " + kind);
        };
    }

    private static void write(JudgeEvent.Joined joined, DataOutputView target) throws IOException {
        target.writeLong(joined.number());
        target.writeLong(joined.digest());
        target.writeLong(joined.user());
        target.writeLong(joined.time());
        target.writeFloat(joined.label());
        target.writeFloat(joined.weight());
        target.writeInt(joined.slices().size());
        for (String value : joined.slices()) {
            StringValue.writeString(value, target);
        }
        target.writeInt(joined.present().length);
        for (boolean present : joined.present()) {
            target.writeBoolean(present);
        }
    }

    private static JudgeEvent readJoined(DataInputView source) throws IOException {
        long number = source.readLong();
        long digest = source.readLong();
        long user = source.readLong();
        long time = source.readLong();
        float label = source.readFloat();
        float weight = source.readFloat();
        int count = source.readInt();
        List<String> slices = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            slices.add(StringValue.readString(source));
        }
        boolean[] present = new boolean[source.readInt()];
        for (int i = 0; i < present.length; i++) {
            present[i] = source.readBoolean();
        }
        return new JudgeEvent.Joined(number, digest, user, time, label, weight, slices, present);
    }
}
