package io.millrace.model.parameter;

import java.util.HashMap;
import java.util.Map;

/** A store that keeps nothing but {@link RowCodec}'s bytes, as a store on disk does. */
class CodecRowStoreTest extends RowStoreContract {

    @Override
    protected RowStore emptyStore() {
        return new Encoded();
    }

    private static final class Encoded implements RowStore {

        private final Map<Long, byte[]> rows = new HashMap<>();

        @Override
        public boolean read(long key, RowBuffer row) {
            byte[] bytes = rows.get(key);
            if (bytes != null) {
                RowCodec.decode(bytes, row);
            }
            return bytes != null;
        }

        @Override
        public void write(long key, RowBuffer row) {
            rows.put(key, RowCodec.encode(row));
        }

        @Override
        public void remove(long key) {
            rows.remove(key);
        }
    }
}
