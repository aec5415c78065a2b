package io.millrace.model.version;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Deletes versions that nobody needs any more, and what unfinished ones have left behind. */
public final class VersionRetention {

    private final VersionStorage storage;
    private final String model;
    private final VersionCatalog catalog;

    public VersionRetention(VersionStorage storage, String model) {
        this.storage = storage;
        this.model = model;
        catalog = new VersionCatalog(storage, model);
    }

    /** Keeps nothing but the newest {@code keep} and what they need. */
    public List<Long> apply(int keep) throws IOException {
        return apply(keep, Set.of());
    }

    /**
     * Keeps the newest {@code keep} complete versions and all that their chains lead through;
     * deletes what is older, complete or not. Deletes nothing when one of these chains is damaged.
     *
     * @param live versions that others may yet build on, which are kept with their chains too;
     *     those that are not complete are passed over
     * @return the versions whose folders were deleted, ascending
     */
    public List<Long> apply(int keep, Set<Long> live) throws IOException {
        if (keep < 1) {
            throw new IllegalArgumentException("keep is " + keep + "; at least 1 version is kept");
        }
        List<Long> complete = catalog.versions();
        if (complete.isEmpty()) {
            return List.of();
        }
        long newest = complete.get(complete.size() - 1);
        Set<Long> needed = new TreeSet<>();
        Set<Long> kept =
                new TreeSet<>(
                        complete.subList(Math.max(0, complete.size() - keep), complete.size()));
        complete.stream().filter(live::contains).forEach(kept::add);
        for (long version : kept) {
            catalog.chain(version).links().forEach(link -> needed.add(link.version()));
        }
        List<Long> deleted = new ArrayList<>();
        for (long version : folders()) {
            if (version < newest && !needed.contains(version)) {
                delete(version);
                deleted.add(version);
            }
        }
        return deleted;
    }

    private Set<Long> folders() throws IOException {
        Set<Long> folders = new TreeSet<>();
        for (String path : storage.list(model)) {
            VersionPaths.versionOf(path).ifPresent(folders::add);
        }
        return folders;
    }

    /** The manifest goes first, so that a version is never complete without its parts. */
    private void delete(long version) throws IOException {
        storage.delete(VersionPaths.manifest(model, version));
        storage.delete(VersionPaths.folder(model, version));
    }
}
