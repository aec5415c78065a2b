package io.millrace.jobs.train;

import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowCodec;
import io.millrace.model.parameter.RowStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.LongConsumer;
import org.apache.flink.api.common.state.ValueState;

/** The row store over Flink's keyed state: one value a row, bytes by {@link RowCodec}. */
final class StateRowStore implements RowStore {

    private final ValueState<byte[]> rows;
    private final LongConsumer select;

    /**
     * @param rows the state
     * @param select makes a key the current one
     */
    StateRowStore(ValueState<byte[]> rows, LongConsumer select) {
        this.rows = rows;
        this.select = select;
    }

    @Override
    public boolean read(long key, RowBuffer row) {
        select.accept(key);
        try {
            byte[] bytes = rows.value();
            if (bytes == null) {
                return false;
            }
            RowCodec.decode(bytes, row);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("row " + Long.toHexString(key) + " cannot be read", e);
        }
    }

    @Override
    public void write(long key, RowBuffer row) {
        select.accept(key);
        try {
            rows.update(RowCodec.encode(row));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "row " + Long.toHexString(key) + " cannot be written", e);
        }
    }

    @Override
    public void remove(long key) {
        select.accept(key);
        rows.clear();
    }
}
