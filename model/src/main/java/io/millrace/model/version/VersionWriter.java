package io.millrace.model.version;

import java.io.IOException;
import java.util.Arrays;

/** Makes a version whose parts are written complete, by writing its manifest. */
public final class VersionWriter {

    private final VersionStorage storage;

    public VersionWriter(VersionStorage storage) {
        this.storage = storage;
    }

    /**
     * Writes the manifest. To repeat it is harmless: a manifest that differs in nothing but its
     * {@code createdAt} may be there already.
     *
     * @return true when this call has made the version complete, false when it already was
     * @throws VersionConflictException when there is a different manifest of this version
     * @throws DamagedVersionException when a part is missing, or the manifest there is damaged
     */
    public boolean commit(Manifest manifest) throws IOException {
        if (storage.exists(manifest.path())) {
            checkSame(manifest);
            return false;
        }
        for (PartInfo part : manifest.parts()) {
            if (!storage.exists(part.path())) {
                throw new DamagedVersionException(
                        part.path(),
                        "the file is missing, so version "
                                + manifest.version()
                                + " cannot be completed");
            }
        }
        if (storage.putIfAbsent(manifest.path(), manifest.toBytes())) {
            return true;
        }
        checkSame(manifest);
        return false;
    }

    private void checkSame(Manifest manifest) throws IOException {
        Manifest there = Manifest.read(storage, manifest.model(), manifest.version());
        byte[] expected = manifest.createdAt(0).toBytes();
        if (!Arrays.equals(there.createdAt(0).toBytes(), expected)) {
            throw new VersionConflictException(manifest.path(), manifest.version());
        }
    }
}
