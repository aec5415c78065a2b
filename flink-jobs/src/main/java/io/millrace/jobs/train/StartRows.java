package io.millrace.jobs.train;

import io.millrace.model.ModelSpec;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowLayout;
import io.millrace.model.parameter.RowStore;
import io.millrace.model.version.DamagedVersionException;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.RowMerge;
import java.io.IOException;
import java.util.function.LongPredicate;

/** The rows of a version, brought into a store: their weights and counts, their optimizers new. */
final class StartRows {

    private StartRows() {}

    /**
     * @param spec of the job; the version's must fit
     * @param wanted which keys to take
     * @throws IllegalStateException naming the version, when it cannot be read or does not fit; the
     *     store is then of no use
     */
    static void load(
            StartVersion start,
            ModelSpec spec,
            ParameterLayout layout,
            LongPredicate wanted,
            RowStore store) {
        try (RowMerge rows = new RowMerge(start.storage().open(), start.chain(spec))) {
            RowBuffer buffer = new RowBuffer();
            for (RowFileReader row = rows.next(); row != null; row = rows.next()) {
                if (!row.tombstone() && wanted.test(row.key())) {
                    store.write(row.key(), read(row, layout, buffer));
                }
            }
        } catch (IOException unreadable) {
            throw start.unfit(unreadable);
        }
    }

    private static RowBuffer read(RowFileReader row, ParameterLayout layout, RowBuffer into)
            throws DamagedVersionException {
        int slot = ParameterKey.slot(row.key());
        boolean isDense = slot == ParameterKey.DENSE_SLOT;
        if (slot >= layout.slots()
                || isDense && ParameterKey.hash(row.key()) >= layout.dense().blocks()
                || row.candidate() && !layout.canBeCandidate(row.key())
                || !row.candidate() && row.width() != layout.slot(slot).width()) {
            throw new DamagedVersionException(
                    row.file(),
                    "row "
                            + Long.toHexString(row.key())
                            + " of "
                            + row.width()
                            + " weights is none of the model's");
        }
        row.requireFinite();
        RowLayout shape = layout.slot(slot);
        into.over(new float[shape.size()], 0, shape.size());
        System.arraycopy(row.weights(), 0, into.values, 0, row.width());
        into.candidate = row.candidate();
        into.examples = row.examples();
        into.lastEventTime = row.lastEventTime();
        return into;
    }
}
