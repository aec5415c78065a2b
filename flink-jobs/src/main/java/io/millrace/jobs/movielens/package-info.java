/** The MovieLens data sets as ratings in the order of time. */
@NullMarked
package io.millrace.jobs.movielens;

import org.jspecify.annotations.NullMarked;
