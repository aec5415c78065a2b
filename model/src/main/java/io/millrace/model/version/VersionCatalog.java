package io.millrace.model.version;

import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** The complete versions of a model and how they build on each other. */
public final class VersionCatalog {

    private final VersionStorage storage;
    private final String model;

    public VersionCatalog(VersionStorage storage, String model) {
        this.storage = storage;
        this.model = VersionPaths.checkedModel(model);
    }

    /** The versions that have a manifest, ascending. */
    public List<Long> versions() throws IOException {
        return storage.list(model).stream()
                .filter(VersionPaths::isManifest)
                .flatMapToLong(path -> VersionPaths.versionOf(path).stream())
                .sorted()
                .boxed()
                .toList();
    }

    /** The largest version that has a manifest. */
    public OptionalLong newest() throws IOException {
        return versions().stream().mapToLong(Long::longValue).max();
    }

    /** The manifest of a version. */
    public Manifest manifest(long version) throws IOException {
        return Manifest.read(storage, model, version);
    }

    /**
     * What to read for a version: from the nearest version that stands alone or was compacted, up
     * to it.
     *
     * @throws MissingParentException when a delta on the way has no parent in the storage
     */
    public VersionChain chain(long version) throws IOException {
        Manifest target = manifest(version);
        List<VersionChain.Link> links = new ArrayList<>();
        Manifest current = target;
        while (!isCompacted(current) && !current.isBase()) {
            links.add(new VersionChain.Link(current.version(), current.parts()));
            current = parentOf(current);
        }
        links.add(
                isCompacted(current)
                        ? compacted(current)
                        : new VersionChain.Link(current.version(), current.parts()));
        Collections.reverse(links);
        return new VersionChain(target, links);
    }

    /**
     * What to read for a version when all rows of {@code ancestor} are there already; empty when
     * the version does not build on it, or not by deltas that are all still here. Of the ancestor
     * nothing is read but, where it is intact, its manifest: another under its number is of another
     * history.
     */
    public Optional<VersionChain> chainFrom(Manifest ancestor, long version) throws IOException {
        Manifest target = manifest(version);
        List<VersionChain.Link> links = new ArrayList<>();
        Manifest current = target;
        while (current.version() > ancestor.version()) {
            if (current.isBase()) {
                return Optional.empty();
            }
            links.add(new VersionChain.Link(current.version(), current.parts()));
            if (Objects.requireNonNull(current.parent()) == ancestor.version()) {
                checkSameRows(current, ancestor);
                current = ancestor;
            } else {
                try {
                    current = parentOf(current);
                } catch (MissingParentException retired) {
                    return Optional.empty();
                }
            }
        }
        Collections.reverse(links);
        return current.version() == ancestor.version() && !isReplaced(ancestor)
                ? Optional.of(new VersionChain(target, links))
                : Optional.empty();
    }

    private boolean isReplaced(Manifest known) throws IOException {
        try {
            return !manifest(known.version()).equals(known);
        } catch (DamagedVersionException unreadable) {
            return false;
        }
    }

    boolean isCompacted(Manifest manifest) throws IOException {
        return storage.exists(VersionPaths.base(model, manifest.version()));
    }

    private VersionChain.Link compacted(Manifest manifest) throws IOException {
        BaseRows base = BaseRows.read(storage, model, manifest.version());
        return new VersionChain.Link(manifest.version(), List.of(base.rows()));
    }

    /** A parent is always smaller, so that following parents ends. */
    private Manifest parentOf(Manifest delta) throws IOException {
        long parent = Objects.requireNonNull(delta.parent());
        if (!storage.exists(VersionPaths.manifest(model, parent))) {
            throw new MissingParentException(delta.path(), delta.version(), parent);
        }
        Manifest manifest = manifest(parent);
        checkSameRows(delta, manifest);
        return manifest;
    }

    /**
     * Rows can only be laid over rows of the same features, tensors and initial weights. Which
     * values are admitted, and for how long, may change.
     */
    private static void checkSameRows(Manifest delta, Manifest parent) throws VersionException {
        if (delta.specHash().equals(parent.specHash())) {
            return;
        }
        ModelSpec after = delta.modelSpec();
        ModelSpec before = parent.modelSpec();
        if (!FeatureSpec.withOpenVocabularies(after.features())
                        .equals(FeatureSpec.withOpenVocabularies(before.features()))
                || !after.architecture().equals(before.architecture())
                || after.seed() != before.seed()) {
            throw new IncompatibleVersionException(
                    delta.path(),
                    "it is a delta to version "
                            + parent.version()
                            + ", whose features, architecture or seed are others; after such a "
                            + "change the next version must be a base");
        }
    }
}
