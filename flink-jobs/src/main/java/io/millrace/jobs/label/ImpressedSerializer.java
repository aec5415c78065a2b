package io.millrace.jobs.label;

import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** {@link Impressed} on the wire. */
public final class ImpressedSerializer extends ImmutableSerializer<Impressed> {

    public static final SerializerTypeInfo<Impressed> TYPE =
            SerializerTypeInfo.of(Impressed.class, ImpressedSerializer::new);

    private static final long serialVersionUID = 1L;

    private final ExampleSerializer examples = new ExampleSerializer();

    @Override
    public void serialize(Impressed impressed, DataOutputView target) throws IOException {
        target.writeUTF(impressed.impressionId());
        examples.serialize(impressed.example(), target);
    }

    @Override
    public Impressed deserialize(DataInputView source) throws IOException {
        return new Impressed(source.readUTF(), examples.deserialize(source));
    }
}
