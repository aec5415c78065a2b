package io.millrace.jobs.kill;

import io.millrace.jobs.version.VersionAnnouncer;
import io.millrace.jobs.version.VersionStorageFactory;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.VersionStorage;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** The same storage, where parts and manifests are written as far as planned. */
public record KillingStorage(VersionStorage inner) implements VersionStorage {

    private static final Set<Long> ANNOUNCED = new ConcurrentSkipListSet<>();

    public static VersionStorageFactory in(VersionStorageFactory inner) {
        return () -> new KillingStorage(inner.open());
    }

    /** Announces to {@link #announced} only. */
    public static VersionAnnouncer.Factory announcer() {
        return Announcer::new;
    }

    /** The versions announced since {@link #forgetAnnounced}. */
    public static Set<Long> announced() {
        return Set.copyOf(ANNOUNCED);
    }

    public static void forgetAnnounced() {
        ANNOUNCED.clear();
    }

    @Override
    public OutputStream create(String path) throws IOException {
        if (!path.contains("/part-")) {
            return inner.create(path);
        }
        Kills.at(KillPlace.BEFORE_PART);
        return new Part(inner.create(path));
    }

    @Override
    public InputStream open(String path) throws IOException {
        return inner.open(path);
    }

    @Override
    public long size(String path) throws IOException {
        return inner.size(path);
    }

    @Override
    public boolean putIfAbsent(String path, byte[] content) throws IOException {
        if (path.endsWith("/manifest.json")) {
            Kills.at(KillPlace.COMPLETE);
        }
        return inner.putIfAbsent(path, content);
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return inner.list(folder);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return inner.exists(path);
    }

    @Override
    public void delete(String path) throws IOException {
        inner.delete(path);
    }

    /** Dies in the middle of what it writes. */
    private static final class Part extends FilterOutputStream {

        Part(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            int half = count / 2;
            out.write(bytes, from, half);
            Kills.at(KillPlace.PART);
            out.write(bytes, from + half, count - half);
        }
    }

    private static final class Announcer implements VersionAnnouncer {
        @Override
        public void announce(Manifest manifest) {
            Kills.at(KillPlace.MANIFEST);
            ANNOUNCED.add(manifest.version());
            Kills.at(KillPlace.ANNOUNCED);
            Kills.published(manifest.version());
        }

        @Override
        public void close() {}
    }
}
