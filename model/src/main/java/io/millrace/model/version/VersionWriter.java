package io.millrace.model.version;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes a version whose parts are written complete, by writing its manifest. */
public final class VersionWriter {

    private final VersionStorage storage;

    public VersionWriter(VersionStorage storage) {
        this.storage = storage;
    }

    /**
     * Writes the manifest; of parts that it only promises, it says what these files say themselves.
     * To repeat it is harmless: a manifest that differs in nothing but its {@code createdAt} may be
     * there already.
     *
     * @return true when this call has made the version complete, false when it already was
     * @throws VersionConflictException when there is a different manifest of this version
     * @throws DamagedVersionException when a part is missing or was not written to its end, or the
     *     manifest there is damaged
     */
    public boolean commit(Manifest manifest) throws IOException {
        if (storage.exists(manifest.path())) {
            checkSame(manifest);
            return false;
        }
        List<PartInfo> parts = new ArrayList<>();
        for (PartInfo part : manifest.parts()) {
            PartInfo written = RowFileReader.describe(storage, part.path(), part.shard());
            if (!part.isPromised() && !part.equals(written)) {
                throw new DamagedVersionException(
                        part.path(), "it is not the file that was written: " + written);
            }
            parts.add(written);
        }
        if (storage.putIfAbsent(manifest.path(), manifest.withParts(parts).toBytes())) {
            return true;
        }
        checkSame(manifest);
        return false;
    }

    private void checkSame(Manifest manifest) throws IOException {
        Manifest there = Manifest.read(storage, manifest.model(), manifest.version());
        Manifest expected = manifest.withParts(kept(manifest.parts(), there.parts()));
        if (!Arrays.equals(there.createdAt(0).toBytes(), expected.createdAt(0).toBytes())) {
            throw new VersionConflictException(manifest.path(), manifest.version());
        }
    }

    /** A path is given out once, so a part that was only promised is the one that lies there. */
    private static List<PartInfo> kept(List<PartInfo> parts, List<PartInfo> there) {
        List<PartInfo> kept = new ArrayList<>(parts);
        for (PartInfo written : there) {
            int promise = kept.indexOf(PartInfo.promised(written.path(), written.shard()));
            if (promise >= 0) {
                kept.set(promise, written);
            }
        }
        return kept;
    }
}
