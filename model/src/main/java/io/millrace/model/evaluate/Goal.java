package io.millrace.model.evaluate;

import io.millrace.model.metric.Auc;
import io.millrace.model.metric.Calibration;

/** Which values of a metric are good. */
public enum Goal {
    HIGH,
    LOW,
    NEAR_ONE,
    NEAR_ZERO;

    /** That of a metric by its name. */
    public static Goal of(String metric) {
        return switch (metric) {
            case Auc.NAME, ClickMeasures.GAUC -> HIGH;
            case Calibration.NAME -> NEAR_ONE;
            case RatingMeasures.BIAS -> NEAR_ZERO;
            default -> LOW;
        };
    }

    /** Whether one value is better than another. */
    public boolean better(double value, double than) {
        return switch (this) {
            case HIGH -> value > than;
            case LOW -> value < than;
            case NEAR_ONE -> Math.abs(value - 1) < Math.abs(than - 1);
            case NEAR_ZERO -> Math.abs(value) < Math.abs(than);
        };
    }
}
