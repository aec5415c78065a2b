package io.millrace.model.architecture;

import java.util.ArrayList;
import java.util.List;

/** Input shapes for tests. */
final class InputShapes {

    private InputShapes() {}

    /** Sparse features {@code f0}, {@code f1} and so on, and as many numbers. */
    static InputShape of(List<Integer> dimensions, int numeric) {
        List<InputShape.Field> fields = new ArrayList<>();
        for (int dimension : dimensions) {
            fields.add(new InputShape.Field("f" + fields.size(), dimension, false, false));
        }
        List<InputShape.Numbers> numbers = new ArrayList<>();
        for (int n = 0; n < numeric; n++) {
            numbers.add(new InputShape.Numbers("n" + n, 1));
        }
        return new InputShape(fields, numbers);
    }
}
