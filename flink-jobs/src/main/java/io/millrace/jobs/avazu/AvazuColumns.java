package io.millrace.jobs.avazu;

import io.millrace.jobs.history.file.Line;
import java.util.ArrayList;
import java.util.List;

/** The names of the columns, in the order of the file. */
record AvazuColumns(List<String> names) {

    static final String EXPECTED =
            "a header with the columns id, click, hour, C14, device_id, device_ip and device_model";

    static final String ID = "id";
    static final String CLICK = "click";
    static final String HOUR = "hour";
    static final String ITEM = "C14";
    static final String DEVICE = "device_id";
    static final String ADDRESS = "device_ip";
    static final String MODEL = "device_model";

    private static final List<String> NEEDED =
            List.of(ID, CLICK, HOUR, ITEM, DEVICE, ADDRESS, MODEL);

    AvazuColumns {
        names = List.copyOf(names);
    }

    static AvazuColumns of(Line header) {
        int count = header.cut(",");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(header.text(i));
        }
        return new AvazuColumns(names);
    }

    boolean areComplete() {
        return names.containsAll(NEEDED);
    }

    int indexOf(String name) {
        return names.indexOf(name);
    }

    /** Whether a column is a feature. */
    static boolean isFeature(String name) {
        return !name.equals(ID) && !name.equals(CLICK) && !name.equals(HOUR);
    }

    /** Whether a feature's values are whole numbers, rather than hashed. */
    static boolean isNumber(String name) {
        return name.matches("C\\d+|banner_pos|device_type|device_conn_type");
    }
}
