package io.millrace.benchmarks;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says what one operation of a benchmark method is, and what to compare its time with. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Measures {

    /** What one operation is. */
    String value();

    /**
     * The method of the same class, run with the same parameters, that does what a reader knows the
     * price of; empty for such a method itself.
     */
    String against() default "";
}
