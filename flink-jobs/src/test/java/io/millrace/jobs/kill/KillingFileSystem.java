package io.millrace.jobs.kill;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.core.fs.local.LocalRecoverableWriter;

/**
 * Local files under {@code kill:///}, for checkpoints. A checkpoint's {@code _metadata} is the last
 * file to be written, when all tasks have passed the barrier and stored their state: when planned,
 * it waits until the job has been killed, and then fails.
 */
public final class KillingFileSystem extends LocalFileSystem {

    private static final URI ROOT = URI.create("kill:///");
    private static final long LONGEST_NANOS = 300_000_000;

    @Override
    public URI getUri() {
        return ROOT;
    }

    /** None, so that all files go through {@link #create}. */
    @Override
    public LocalRecoverableWriter createRecoverableWriter() {
        throw new UnsupportedOperationException("files are written as they are");
    }

    @Override
    public FSDataOutputStream create(Path path, FileSystem.WriteMode mode) throws IOException {
        if (path.getName().equals("_metadata") && Kills.isArmed(KillPlace.BARRIER_PASSED)) {
            waitForTheKill();
        }
        return super.create(path, mode);
    }

    private static void waitForTheKill() throws IOException {
        long deadline = System.nanoTime() + LONGEST_NANOS;
        Kills.hold(true);
        try {
            while (Kills.isArmed(KillPlace.BARRIER_PASSED)) {
                if (System.nanoTime() > deadline) {
                    return;
                }
                LockSupport.parkNanos(200_000);
            }
        } finally {
            Kills.hold(false);
        }
        throw new IOException("the job was killed before this checkpoint was complete");
    }

    /** Found by Flink as a service. */
    public static final class Factory implements FileSystemFactory {
        @Override
        public String getScheme() {
            return ROOT.getScheme();
        }

        @Override
        public FileSystem create(URI uri) {
            return new KillingFileSystem();
        }
    }
}
