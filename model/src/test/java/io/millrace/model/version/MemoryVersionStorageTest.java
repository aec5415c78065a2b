package io.millrace.model.version;

/** The fake keeps the same promises as the real one. */
class MemoryVersionStorageTest extends VersionStorageContract {

    @Override
    VersionStorage newStorage() {
        return new MemoryVersionStorage();
    }
}
