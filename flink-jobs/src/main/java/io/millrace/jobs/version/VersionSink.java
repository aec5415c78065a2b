package io.millrace.jobs.version;

import io.millrace.model.version.Manifest;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializerAdapter;

/**
 * The sink that makes versions of checkpoints: its writer assembles a manifest from the pieces that
 * precede a barrier, its committer publishes the manifest once the checkpoint is complete. Both run with parallelism 1.
 */
public final class VersionSink
        implements Sink<VersionPiece>,
                SupportsWriterState<VersionPiece, VersionPiece>,
                SupportsCommitter<Manifest> {

    private static final long serialVersionUID = 1L;

    private final VersionSettings settings;
    private final VersionAnnouncer.Factory announcer;

    public VersionSink(VersionSettings settings, VersionAnnouncer.Factory announcer) {
        this.settings = settings;
        this.announcer = announcer;
    }

    @Override
    public SinkWriter<VersionPiece> createWriter(WriterInitContext context) {
        return new VersionAssembler(settings.spec(), List.of());
    }

    @Override
    public StatefulSinkWriter<VersionPiece, VersionPiece> restoreWriter(
            WriterInitContext context, Collection<VersionPiece> positions) {
        return new VersionAssembler(settings.spec(), positions);
    }

    @Override
    public SimpleVersionedSerializer<VersionPiece> getWriterStateSerializer() {
        return new SimpleVersionedSerializerAdapter<>(new VersionPieceSerializer());
    }

    @Override
    public Committer<Manifest> createCommitter(CommitterInitContext context) {
        return new VersionCommitter(settings, announcer.open());
    }

    @Override
    public SimpleVersionedSerializer<Manifest> getCommittableSerializer() {
        return new ManifestSerializer();
    }

    /** Manifests in the committer's state, in the form that they have on disk. */
    static final class ManifestSerializer implements SimpleVersionedSerializer<Manifest> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Manifest manifest) {
            return manifest.toBytes();
        }

        @Override
        public Manifest deserialize(int version, byte[] bytes) throws IOException {
            return Manifest.fromBytes(bytes, "a manifest in the committer's state");
        }
    }
}
