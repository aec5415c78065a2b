/** The MovieLens 100K data set as ratings in time order. */
@NullMarked
package io.millrace.jobs.movielens;

import org.jspecify.annotations.NullMarked;
