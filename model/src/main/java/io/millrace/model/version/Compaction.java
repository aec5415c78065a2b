package io.millrace.model.version;

import java.io.IOException;

/**
 * Merges a version's chain into one file with all its rows, so that a reader need not follow the
 * chain. Several may run at once: one wins, the others clean up after themselves.
 */
public final class Compaction {

    private final VersionStorage storage;
    private final String model;
    private final VersionCatalog catalog;

    public Compaction(VersionStorage storage, String model) {
        this.storage = storage;
        this.model = model;
        catalog = new VersionCatalog(storage, model);
    }

    /**
     * Compacts a version. Memory grows with the number of files in the chain, not with their size.
     *
     * @return false when there is nothing to do: the version stands alone or is compacted already
     */
    public boolean compact(long version) throws IOException {
        VersionChain chain = catalog.chain(version);
        if (chain.links().size() < 2) {
            return false;
        }
        String path = VersionPaths.newBaseRows(model, version);
        boolean published = false;
        try {
            BaseRows base = new BaseRows(model, version, merge(chain, path));
            published = storage.putIfAbsent(base.path(), base.toBytes());
        } finally {
            if (!published) {
                storage.delete(path);
            }
        }
        return published;
    }

    private PartInfo merge(VersionChain chain, String path) throws IOException {
        try (RowMerge merge = new RowMerge(storage, chain);
                RowFileWriter writer = RowFileWriter.create(storage, path, 0)) {
            for (RowFileReader row = merge.next(); row != null; row = merge.next()) {
                // Nothing older is left that a tombstone would have to hide.
                if (!row.tombstone()) {
                    writer.add(row);
                }
            }
            return writer.finish();
        }
    }
}
