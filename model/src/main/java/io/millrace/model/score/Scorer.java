package io.millrace.model.score;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.stream.FeatureLookup;
import io.millrace.model.version.DamagedVersionException;
import io.millrace.model.version.IncompatibleVersionException;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionChain;
import io.millrace.model.version.VersionException;
import io.millrace.model.version.VersionStorage;
import io.millrace.schemas.ScoreRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Serves the versions of one model. A version is loaded and verified beside the live one and then
 * takes its place in one step: all scores of a call come from one version, whatever happens
 * meanwhile.
 *
 * <p>Safe for use by several threads. Loading never makes scoring wait; calls that score at the
 * same time take turns on the network, whose operations use several cores themselves.
 */
public final class Scorer implements AutoCloseable {

    /** A network may take this part of the heap, for it is there several times while it loads. */
    private static final int NETWORK_SHARE = 8;

    private final String model;
    private final Device device;
    private final FeatureLookup lookup;
    private final VersionCatalog catalog;
    private final ServingTableBuilder tables;

    private volatile @Nullable ServedVersion live;
    private boolean closed;

    /** For models without stream features; to those with, every key is as if it were new. */
    public Scorer(VersionStorage storage, String model, Device device) {
        this(storage, model, device, FeatureLookup.NONE);
    }

    /**
     * @param lookup the rows of stream features and profiles, of whatever version
     */
    public Scorer(VersionStorage storage, String model, Device device, FeatureLookup lookup) {
        this.model = model;
        this.device = device;
        this.lookup = lookup;
        catalog = new VersionCatalog(storage, model);
        tables = new ServingTableBuilder(storage);
    }

    /**
     * Makes a version live, newer or older than the one that is. When it builds on the live one,
     * only the deltas between are read; it may answer before this returns. A version that is
     * damaged, incompatible or out of reach is refused, and the live one stays.
     */
    public synchronized LoadOutcome load(long version) {
        if (closed) {
            throw new IllegalStateException("the scorer of model " + model + " is closed");
        }
        ServedVersion before = live;
        if (before != null && before.version() == version) {
            return new LoadOutcome.Already(version);
        }
        try {
            return read(version, before);
        } catch (VersionException refused) {
            return new LoadOutcome.Refused(version, String.valueOf(refused.getMessage()));
        } catch (IOException unreadable) {
            return new LoadOutcome.Refused(
                    version, "version " + version + " could not be read: " + unreadable);
        }
    }

    /** The version that serves; null before the first one is loaded. */
    public @Nullable Long version() {
        ServedVersion served = live;
        return served == null ? null : (Long) served.version();
    }

    /** The manifest of the version that serves; null before the first one is loaded. */
    public @Nullable Manifest manifest() {
        ServedVersion served = live;
        return served == null ? null : served.manifest();
    }

    /** Rows of the live version that lie over its base. */
    long overlaidRows() {
        ServedVersion served = live;
        return served == null ? 0 : served.table().overlay().size();
    }

    /**
     * Scores examples that were made for the live version's specification.
     *
     * @throws IllegalStateException before the first version is loaded
     */
    public Scored score(List<Example> candidates) {
        ServedVersion served = acquire();
        try {
            return served.score(candidates);
        } finally {
            served.release();
        }
    }

    /**
     * Scores a request's candidates, read as the version that scores them declares its features.
     *
     * @throws InvalidEventException when the request does not fit these features
     * @throws IllegalStateException before the first version is loaded
     */
    public Scored score(ScoreRequest request) throws InvalidEventException {
        ServedVersion served = acquire();
        try {
            return served.score(request);
        } finally {
            served.release();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        replace(null);
    }

    private LoadOutcome read(long version, @Nullable ServedVersion before) throws IOException {
        if (before == null) {
            return readWhole(catalog.chain(version));
        }
        try {
            Optional<VersionChain> deltas = catalog.chainFrom(before.manifest(), version);
            return deltas.isPresent() && hasSameFeatures(before.manifest(), deltas.get())
                    ? readOnto(before, deltas.get())
                    : readWhole(catalog.chain(version));
        } catch (DamagedVersionException damaged) {
            return readWhole(compactedSince(before.version(), version, damaged));
        }
    }

    /** A chain that needs none of the deltas behind the live version; else they are the reason. */
    private VersionChain compactedSince(long live, long version, DamagedVersionException damaged)
            throws IOException {
        try {
            VersionChain chain = catalog.chain(version);
            if (chain.links().get(0).version() > live) {
                return chain;
            }
        } catch (VersionException unreadable) {
            damaged.addSuppressed(unreadable);
        }
        throw damaged;
    }

    /** Where a vocabulary changed, rows that were read before may mean something else now. */
    private static boolean hasSameFeatures(Manifest before, VersionChain deltas)
            throws VersionException {
        Manifest after = deltas.manifest();
        return after.specHash().equals(before.specHash())
                || after.modelSpec().features().equals(before.modelSpec().features());
    }

    /** Folding takes far longer than reading a delta, so the version goes live before it. */
    private LoadOutcome readOnto(ServedVersion before, VersionChain deltas) throws IOException {
        ModelSpec spec = deltas.manifest().modelSpec();
        ServedVersion next = serve(deltas, spec, tables.readOnto(before.table(), deltas));
        next.fold();
        return new LoadOutcome.Loaded(next.version(), true);
    }

    private LoadOutcome readWhole(VersionChain chain) throws IOException {
        ModelSpec spec = chain.manifest().modelSpec();
        ServedVersion next = serve(chain, spec, tables.read(chain, layout(chain.manifest(), spec)));
        return new LoadOutcome.Loaded(next.version(), false);
    }

    private ServedVersion serve(VersionChain chain, ModelSpec spec, ServingTable table) {
        ServedVersion next = new ServedVersion(chain.manifest(), spec, table, lookup, device);
        replace(next);
        return next;
    }

    private static ParameterLayout layout(Manifest manifest, ModelSpec spec)
            throws IncompatibleVersionException {
        ParameterLayout layout;
        try {
            layout = new ParameterLayout(spec);
        } catch (IllegalArgumentException | ArithmeticException misfit) {
            throw new IncompatibleVersionException(
                    manifest.path(), "its architecture does not fit: " + misfit.getMessage());
        }
        requireRoom(manifest, layout);
        return layout;
    }

    /** The network's size is what the specification claims, whatever rows the files hold. */
    private static void requireRoom(Manifest manifest, ParameterLayout layout)
            throws IncompatibleVersionException {
        long needed = layout.dense().size() * (long) Float.BYTES;
        long heap = Runtime.getRuntime().maxMemory();
        if (needed > heap / NETWORK_SHARE) {
            throw new IncompatibleVersionException(
                    manifest.path(),
                    String.format(
                            "its network has %d MiB of weights; with a heap of %d MiB this JVM"
                                    + " serves up to %d: start it with a larger -Xmx",
                            needed >> 20, heap >> 20, (heap / NETWORK_SHARE) >> 20));
        }
    }

    private ServedVersion acquire() {
        while (true) {
            ServedVersion served = live;
            if (served == null) {
                throw new IllegalStateException(
                        "no version of model " + model + " is loaded; load one before scoring");
            }
            if (served.acquire()) {
                return served;
            }
        }
    }

    private void replace(@Nullable ServedVersion next) {
        ServedVersion before = live;
        live = next;
        if (before != null) {
            before.release();
        }
    }
}
