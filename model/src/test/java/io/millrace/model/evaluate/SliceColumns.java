package io.millrace.model.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Columns from plain values, for tests. */
final class SliceColumns {

    private SliceColumns() {}

    static SliceColumn of(String name, boolean bySeen, List<String> values) {
        Map<String, Integer> codes = new LinkedHashMap<>();
        for (String value : values) {
            codes.putIfAbsent(value, codes.size());
        }
        return new SliceColumn(
                name,
                bySeen,
                new ArrayList<>(codes.keySet()),
                values.stream().mapToInt(codes::get).toArray());
    }
}
