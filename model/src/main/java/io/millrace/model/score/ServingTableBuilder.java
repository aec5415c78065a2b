package io.millrace.model.score;

import io.millrace.model.feature.Vocabulary;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.Standing;
import io.millrace.model.version.DamagedVersionException;
import io.millrace.model.version.DenseVector;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.RowMerge;
import io.millrace.model.version.VersionChain;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;

/** Builds the table of a version from the row files of its chain. */
final class ServingTableBuilder {

    private final VersionStorage storage;

    ServingTableBuilder(VersionStorage storage) {
        this.storage = storage;
    }

    /** The table of a version that is read from its base on. */
    ServingTable read(VersionChain chain, ParameterLayout layout) throws IOException {
        RowTable rows = RowTable.empty(layout);
        DenseVector dense = new DenseVector(layout);
        apply(chain, layout, rows, dense);
        return new ServingTable(layout, rows, RowTable.empty(layout), dense.values());
    }

    /** The table of a version whose chain starts behind the version of {@code before}. */
    ServingTable readOnto(ServingTable before, VersionChain chain) throws IOException {
        ParameterLayout layout = before.layout();
        RowTable overlay = before.overlay().copy();
        DenseVector dense = new DenseVector(layout, before.dense());
        apply(chain, layout, overlay, dense);
        return new ServingTable(layout, before.base(), overlay, dense.values());
    }

    private void apply(VersionChain chain, ParameterLayout layout, RowTable rows, DenseVector dense)
            throws IOException {
        for (VersionChain.Link link : chain.links()) {
            try (RowMerge merge = new RowMerge(storage, link)) {
                for (RowFileReader row = merge.next(); row != null; row = merge.next()) {
                    if (ParameterKey.slot(row.key()) == ParameterKey.DENSE_SLOT) {
                        dense.apply(row);
                    } else {
                        apply(row, layout, rows);
                    }
                }
            }
        }
    }

    private static void apply(RowFileReader row, ParameterLayout layout, RowTable rows)
            throws DamagedVersionException {
        int slot = ParameterKey.slot(row.key());
        if (slot >= layout.slots()) {
            throw new DamagedVersionException(
                    row.file(),
                    "row "
                            + Long.toHexString(row.key())
                            + " is of slot "
                            + slot
                            + "; the model has "
                            + layout.slots()
                            + " slots");
        }
        if (row.tombstone()) {
            rows.slot(row.key()).delete(row.key());
            return;
        }
        if (row.candidate()) {
            if (!layout.canBeCandidate(row.key())) {
                throw new DamagedVersionException(
                        row.file(),
                        "row "
                                + Long.toHexString(row.key())
                                + " is a candidate, but stands for no value that can be counted");
            }
            applyCandidate(row, layout, rows.slot(row.key()));
            return;
        }
        int width = layout.slot(slot).width();
        if (row.width() != width) {
            throw new DamagedVersionException(
                    row.file(),
                    "row "
                            + Long.toHexString(row.key())
                            + " has "
                            + row.width()
                            + " weights; the model's slot "
                            + slot
                            + " has "
                            + width);
        }
        row.requireFinite();
        rows.slot(row.key()).put(row.key(), row.weights(), 0);
    }

    /**
     * A value that was counted often enough has a row of its own, of which nothing is learned yet.
     */
    private static void applyCandidate(RowFileReader row, ParameterLayout layout, SlotTable slot) {
        Vocabulary vocabulary = layout.of(row.key()).vocabulary();
        if (!Standing.isAdmitted(row.examples(), vocabulary)) {
            slot.setRare(row.key());
        } else if (vocabulary.minCount() > 0) {
            float[] initial = new float[layout.width(row.key())];
            layout.initialize(row.key(), initial, 0);
            slot.put(row.key(), initial, 0);
        } else {
            // As for any other that nothing is learned of.
            slot.delete(row.key());
        }
    }
}
