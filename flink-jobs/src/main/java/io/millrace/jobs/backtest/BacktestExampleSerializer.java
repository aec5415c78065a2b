package io.millrace.jobs.backtest;

import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.model.example.Example;
import io.millrace.model.stream.StreamKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/**
 * {@link BacktestExample} on the wire and while it waits for its label; by then its problems have
 * been told, and are left out.
 */
public final class BacktestExampleSerializer extends ImmutableSerializer<BacktestExample> {

    static final SerializerTypeInfo<BacktestExample> TYPE =
            SerializerTypeInfo.of(BacktestExample.class, BacktestExampleSerializer::new);

    private static final long serialVersionUID = 1L;
    private static final int FORMAT = 1;

    /** The same, and behind it the keys. */
    private static final int WITH_KEYS = 2;

    private final ExampleSerializer inputs = new ExampleSerializer();

    @Override
    public void serialize(BacktestExample example, DataOutputView target) throws IOException {
        boolean hasKeys = !example.keys().equals(StreamKeys.NONE);
        target.writeByte(hasKeys ? WITH_KEYS : FORMAT);
        target.writeLong(example.number());
        target.writeLong(example.digest());
        target.writeLong(example.user());
        target.writeInt(example.slices().size());
        for (String value : example.slices()) {
            StringValue.writeString(value, target);
        }
        target.writeInt(example.examples().length);
        for (Example input : example.examples()) {
            target.writeBoolean(input != null);
            if (input != null) {
                inputs.serialize(input, target);
            }
        }
        target.writeFloat(example.label());
        target.writeFloat(example.weight());
        target.writeLong(example.eventTime());
        if (hasKeys) {
            example.keys().write(target);
        }
    }

    @Override
    public BacktestExample deserialize(DataInputView source) throws IOException {
        int format = source.readByte();
        if (format != FORMAT && format != WITH_KEYS) {
            throw new IOException(
                    "example of a backtest in format "
                            + format
                            + " found, this version reads formats "
                            + FORMAT
                            + " and "
                            + WITH_KEYS);
        }
        return new BacktestExample(
                source.readLong(),
                source.readLong(),
                source.readLong(),
                readTexts(source),
                readInputs(source),
                source.readFloat(),
                source.readFloat(),
                source.readLong(),
                List.of(),
                format == WITH_KEYS ? StreamKeys.read(source) : StreamKeys.NONE);
    }

    private static List<String> readTexts(DataInputView source) throws IOException {
        int count = source.readInt();
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(StringValue.readString(source));
        }
        return texts;
    }

    private @Nullable Example[] readInputs(DataInputView source) throws IOException {
        @Nullable Example[] examples = new Example[source.readInt()];
        for (int i = 0; i < examples.length; i++) {
            examples[i] = source.readBoolean() ? inputs.deserialize(source) : null;
        }
        return examples;
    }
}
